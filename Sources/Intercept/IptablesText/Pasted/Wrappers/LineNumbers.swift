import NetworkValues

/// Numbers of lines, as `cat -n`, `grep -n` and editors print them before each line.
enum LineNumbers {
  /// The lines without ascending numbers; the lines as they are if one of them has no number.
  static func removed(from lines: [Substring]) -> [Substring] {
    var contents: [Substring] = []
    var (last, count) = (-1, 0)
    for line in lines {
      guard line.utf8.contains(where: { !$0.isWhitespace }) else {
        contents.append(line)
        continue
      }
      guard let (number, content) = numbered(line), number > last else { return lines }
      contents.append(content)
      (last, count) = (number, count + 1)
    }
    return count > 1 ? contents : lines
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
