extension String {
  /// The text in lines of at most `width` characters, broken at blanks; a longer word has a line of its own.
  ///
  /// - Parameters:
  ///   - first: the beginning of the first line.
  ///   - indent: the beginning of every other line.
  package func wrapped(_ first: String = "", indent: String = "", width: Int = 80) -> String {
    split(separator: " ").lines(first, indent: indent, width: width).joined(separator: "\n") + "\n"
  }
}

extension Sequence where Element: StringProtocol {
  /// The words in lines of at most `width` characters; a longer word has a line of its own.
  ///
  /// - Parameters:
  ///   - first: the beginning of the first line.
  ///   - indent: the beginning of every other line.
  package func lines(_ first: String = "", indent: String = "", width: Int) -> [String] {
    var lines: [String] = []
    var line = first
    var isFresh = true
    for word in self {
      if !isFresh, line.count + 1 + word.count > width {
        lines.append(line)
        line = indent
        isFresh = true
      }
      line += (isFresh ? "" : " ") + String(word)
      isFresh = false
    }
    return lines + [line]
  }
}
