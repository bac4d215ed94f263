import TextOutput

/// A listing of nf_tables rules cannot be read.
public struct NftSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Number of the line, from 1.
  public let line: Int
  /// The word where reading stopped; nil at the end of the text.
  public let word: String?
  /// The syntax that would be right there.
  public let expected: String

  init(line: Int, word: String?, expected: String) {
    self.line = line
    self.word = word
    self.expected = expected
  }

  /// `line 3: "chan" where a chain, a set or '}' is expected`.
  public var description: String {
    let found = word.map { String($0.prefix(40)).quotedForMessage } ?? "the end of the text"
    return "line \(line): \(found) where \(expected) is expected"
  }
}
