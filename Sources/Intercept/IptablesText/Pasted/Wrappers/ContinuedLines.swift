import NetworkValues

/// Joins the lines of a rule or command that a backslash, a narrow window or a mail program split.
enum ContinuedLines {
  /// The number of lines of one rule or command; bounds the time that a line of many parts takes.
  private static let maximumParts = 64

  static func joined(_ lines: NumberedLines) -> NumberedLines {
    guard lines.indices.contains(where: { mayContinue(lines.marks(of: $0)) }) else { return lines }
    let widest = lines.lazy.map(\.text.utf8.count).max() ?? 0
    var result = lines.withoutLines
    var open: NumberedLine?
    var (width, parts) = (0, 1)
    for line in lines {
      if let before = open, parts < maximumParts,
        let text = join(before.text, line.text, isCut: width == widest)
      {
        open = before.with(text)
        parts += 1
      } else {
        if let open { result.append(open) }
        (open, parts) = (line, 1)
      }
      width = line.text.utf8.count
    }
    if let open { result.append(open) }
    return result
  }

  /// False for a line of the usual dumps, by its first and last bytes, so that most dumps are not looked through further.
  private static func mayContinue(_ line: NumberedLines.Marks) -> Bool {
    guard let first = line.first else { return false }
    let isCommit = line.count == 6 && first == UInt8(ascii: "C")
    return line.last == .backslash || mayContinue(first, line.second) && !isCommit
  }

  /// A line joined with the next one; nil if that is a line of its own.
  ///
  /// - Parameter isCut: true for a line of the greatest width, which may be cut inside of a word.
  private static func join(_ line: String, _ next: String, isCut: Bool) -> String? {
    if line.utf8.last == .backslash, line.dropLast().last.map({ $0 == " " || $0 == "\t" }) ?? true {
      return "\(line.dropLast())\(next)"
    }
    guard let first = next.utf8.first, mayContinue(first, next.utf8.dropFirst().first), isRule(line),
      LineKind(next[...]) == .other, !ScriptCondition.begins(next[...]), isContinuation(next, of: line)
    else { return nil }
    return isCut && isWithinWord(line, next) ? line + next : "\(line) \(next)"
  }

  /// True if the end of a line and the beginning of the next one may be one word.
  private static func isWithinWord(_ line: String, _ next: String) -> Bool {
    if next.hasPrefix("-") || next.hasPrefix("!") { return line.hasSuffix("-") }
    // Names of options have neither digits nor capitals.
    return line[...].words.last.map(isOption) != true || next.utf8.first?.isLowercase == true
  }

  /// False for most lines, by their first bytes.
  private static func mayContinue(_ first: UInt8, _ second: UInt8?) -> Bool {
    first == .hyphen ? second?.isUppercase != true : ![.colon, .asterisk, .numberSign].contains(first)
  }

  private static func isRule(_ line: String) -> Bool {
    let kind = LineKind(line[...])
    return kind == .rule || kind.changesRules
  }

  /// True for a line with options, and for the argument of an option.
  private static func isContinuation(_ next: String, of line: String) -> Bool {
    let words = next[...].words
    if words.contains(where: isOption) { return true }
    return words.count == 1 && line[...].words.last.map(isOption) == true
  }

  /// True for `-j`, `--dport`, `!`, and for the beginning of an option.
  private static func isOption(_ word: Substring) -> Bool {
    guard word.first == "-" else { return word == "!" }
    let name = word.drop { $0 == "-" }
    return name.isEmpty || name.first?.isLowercase == true && name.allSatisfy { $0.isLetter || $0 == "-" }
  }
}
