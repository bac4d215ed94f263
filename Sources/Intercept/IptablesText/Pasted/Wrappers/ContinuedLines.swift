import NetworkValues

/// Joins the lines of a rule or command that a backslash, a narrow window or a mail program split.
enum ContinuedLines {
  static func joined(_ lines: NumberedLines) -> NumberedLines {
    let widest = lines.lazy.map(\.text.utf8.count).max() ?? 0
    var result = lines.withoutLines
    var open: NumberedLine?
    var width = 0
    for line in lines {
      guard let before = open else {
        (open, width) = (line, line.text.utf8.count)
        continue
      }
      if let text = join(before.text, line.text, isCut: width == widest) {
        open = before.with(text)
      } else {
        result.append(before)
        open = line
      }
      width = line.text.utf8.count
    }
    if let open { result.append(open) }
    return result
  }

  /// A line joined with the next one; nil if that is a line of its own.
  ///
  /// - Parameter isCut: true for a line of the greatest width, which may be cut inside of a word.
  private static func join(_ line: String, _ next: String, isCut: Bool) -> String? {
    if line.utf8.last == .backslash, line.dropLast().last.map({ $0 == " " || $0 == "\t" }) ?? true {
      return "\(line.dropLast())\(next)"
    }
    guard mayContinue(next), isRule(line), LineKind(next[...]) == .other, isContinuation(next, of: line)
    else {
      return nil
    }
    return isCut && isWithinWord(line, next) ? line + next : "\(line) \(next)"
  }

  /// True if the end of a line and the beginning of the next one may be one word.
  private static func isWithinWord(_ line: String, _ next: String) -> Bool {
    if next.hasPrefix("-") || next.hasPrefix("!") { return line.hasSuffix("-") }
    // Names of options have neither digits nor capitals.
    return line[...].words.last.map(isOption) != true || next.utf8.first?.isLowercase == true
  }

  /// False for most lines, by their first bytes.
  private static func mayContinue(_ line: String) -> Bool {
    guard let first = line.utf8.first else { return false }
    let second = line.utf8.dropFirst().first
    return first == .hyphen ? second?.isUppercase != true : ![.colon, .asterisk, .numberSign].contains(first)
  }

  private static func isRule(_ line: String) -> Bool {
    switch LineKind(line[...]) {
    case .rule: true
    case .commands(let commands):
      commands.contains { if case .change = $0.effect { true } else { false } }
    case .blank, .comment, .announcement, .table, .commit, .declaration, .chain, .columns, .nftTable, .gap,
      .separator, .other:
      false
    }
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
