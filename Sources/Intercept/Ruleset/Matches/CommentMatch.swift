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

extension CommentMatch: IptablesExtension {
  public static let name = "comment"
  public static let syntax: [OptionSyntax<CommentMatch>] = [
    .value("--comment") { .is($0.text.iptablesQuoted) }
  ]
}
