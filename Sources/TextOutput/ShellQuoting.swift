extension String {
  /// The text as one word of a POSIX shell, in single quotes unless no character has a meaning to the shell.
  ///
  /// Control characters are escaped, so that the word stays on its line.
  package var shellQuoted: String {
    if !isEmpty, utf8.allSatisfy(\.isPlainInShell) { return self }
    return "'"
      + onOneLine.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
  }
}

extension UInt8 {
  fileprivate var isPlainInShell: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_-.,:/@%+=".utf8.contains(self)
    }
  }
}
