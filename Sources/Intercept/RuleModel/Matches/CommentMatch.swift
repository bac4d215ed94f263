/// `-m comment`: words for the reader; every packet matches (`struct xt_comment_info`).
public struct CommentMatch: Hashable, Sendable {
  /// The words: at most 255 bytes, no control characters.
  public let text: String

  /// Makes a comment; nil if it is too long or would break a line.
  public init?(_ text: String) {
    guard text.utf8.count <= 255, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
    self.text = text
  }
}

extension CommentMatch: DescribedExtension {
  struct Options: ExtensionOptions {
    var text: String?
  }

  public static let name = "comment"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--comment", in: \.text, as: .quoted)
  ]

  var options: Options { Options(text: text) }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    guard let text = options.text else { throw Self.missing("--comment") }
    guard let comment = CommentMatch(text) else { throw .notModelled }
    self = comment
  }
}

extension ArgumentSyntax where Value == String {
  /// Any words, quoted where iptables quotes them.
  fileprivate static var quoted: ArgumentSyntax {
    ArgumentSyntax(wants: "words") { text, _ in
      text
    } write: {
      $0.iptablesQuoted
    }
  }
}
