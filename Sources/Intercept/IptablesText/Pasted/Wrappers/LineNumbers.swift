import NetworkValues

/// Numbers of lines, as `cat -n`, `grep -n` and editors print them before each line.
enum LineNumbers {
  /// True if ascending numbers precede several lines, and all that are not blank.
  static func precede(_ lines: some Sequence<NumberedLine>) -> Bool {
    var (last, count) = (-1, 0)
    for line in lines where line.text.utf8.contains(where: { !$0.isWhitespace }) {
      guard let (number, _) = numbered(line.text[...]), number > last else { return false }
      (last, count) = (number, count + 1)
    }
    return count > 1
  }

  /// The line without the number at its beginning.
  static func removed(from line: NumberedLine) -> NumberedLine {
    numbered(line.text[...]).map { line.with(String($0.content)) } ?? line
  }

  /// The number at the beginning of a line, and the text after its separator: a tab, a blank, `:` or `|`.
  private static func numbered(_ line: Substring) -> (number: Int, content: Substring)? {
    let text = line.droppingBlanks
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard digits.utf8.count < 8, let number = Int(digits) else { return nil }
    let rest = text[digits.endIndex...]
    guard let separator = rest.first else { return (number, rest) }
    guard ":\t |".contains(separator) else { return nil }
    let content = rest.dropFirst()
    return (number, content.droppingBlanks.dropping("|") ?? content)
  }
}
