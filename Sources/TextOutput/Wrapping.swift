extension String {
  /// The text in lines of at most `width` characters, broken at blanks; a longer word has a line of its own.
  ///
  /// - Parameters:
  ///   - first: what the first line begins with.
  ///   - indent: what every other line begins with.
  package func wrapped(_ first: String = "", indent: String = "", width: Int = 80) -> String {
    var lines: [String] = []
    var line = first
    var isFresh = true
    for word in split(separator: " ") {
      if !isFresh, line.count + 1 + word.count > width {
        lines.append(line)
        line = indent
        isFresh = true
      }
      line += (isFresh ? "" : " ") + word
      isFresh = false
    }
    return (lines + [line]).joined(separator: "\n") + "\n"
  }
}
