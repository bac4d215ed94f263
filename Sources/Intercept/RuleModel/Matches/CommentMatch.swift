import NetworkValues

/// `-m comment`: a comment; every packet matches.
///
/// The corresponding C type is `struct xt_comment_info`.
public struct CommentMatch: Hashable, Sendable {
  /// The comment: at most 255 bytes without control characters.
  public let text: String

  /// Makes a comment; nil if it is too long or has control characters.
  public init?(_ text: String) {
    guard text.utf8.count <= 255, text.utf8.allSatisfy(\.isPrintable) else { return nil }
    self.text = text
  }
}

extension CommentMatch: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var text: String?
  }

  public static let name = "comment"
  static let syntax: [OptionSyntax<Arguments>] = [
    .value("--comment", in: \.text, as: .quoted)
  ]

  var arguments: Arguments { Arguments(text: text) }

  init(_ arguments: Arguments, in context: ReadingContext) throws(ExtensionProblem) {
    guard let text = arguments.text else { throw Self.missing("--comment") }
    guard let comment = CommentMatch(text) else { throw .notModelled }
    self = comment
  }
}

extension ArgumentSyntax where Value == String {
  /// Any text, quoted as iptables does.
  fileprivate static var quoted: ArgumentSyntax {
    ArgumentSyntax(wants: "a text") { text, _ in
      text
    } write: {
      $0.iptablesQuoted
    }
  }
}
