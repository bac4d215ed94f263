import NetworkValues
import RuleModel

/// The last line of a text without a newline at its end, if the end of the line is missing too. The line may be embedded
/// in a line of the file, with others.
struct CutLine {
  let number: Int

  /// The options of targets with a port, and its name in a listing.
  private static let portOptions: Set<Substring> = ["--to-ports", "--to-port", "--on-port", "ports"]
  /// The ports that only a privileged program listens on (`ip_unprivileged_port_start`): no proxy does.
  private static let privilegedPorts = 0..<1024

  /// Nil for a text with a newline at its end, or with a last line that is a whole rule, or none.
  init?(of lines: NumberedLines, in text: [UInt8]) {
    guard text.last != .newline, let line = lines.last, !line.text.isEmpty,
      text.suffix(line.text.utf8.count).elementsEqual(line.text.utf8), Self.isCut(line.text[...], in: text)
    else { return nil }
    number = line.number
  }

  private static func isCut(_ line: Substring, in text: [UInt8]) -> Bool {
    let words = line.words
    guard let last = words.last else { return false }
    switch LineKind(line) {
    case .rule, .commands:
      // The next prompt, with a command without arguments, or one that lists rules.
      if words.count < 3, line.first != "-", line.first != "[" { return false }
      if words.contains(where: CommandArguments.listsRules) { return false }
      if words.first == "-N" || words.last == "-A" { return true }
      guard !words.contains(where: { ["-P", "-N", "-F", "-X", "-Z", "-E", "-D"].contains($0) }) else {
        return false
      }
      guard words.contains(where: { ["-j", "--jump", "-g", "--goto"].contains($0) }) else { return true }
    case .other:
      guard ListingColumns.mayBeRow(line) else { return false }
    case .blank, .comment, .announcement, .table, .commit, .declaration, .chain, .columns, .nftTable, .gap,
      .separator:
      return false
    }
    if let previous = words.dropLast().last, portOptions.contains(previous), let port = Int(last),
      privilegedPorts.contains(port)
    {
      return true
    }
    return isBeginning(last, in: text)
  }

  /// True if other words of the text begin with the last one, and none is equal.
  private static func isBeginning(_ word: Substring, in text: [UInt8]) -> Bool {
    let wanted = Array(word.utf8)
    var isBeginning = false
    for place in text.indices.dropLast(wanted.count) where text[place] == wanted[0] {
      guard place > 0, text[place - 1].separatesWords || text[place - 1] == .colon,
        text[place...].starts(with: wanted)
      else { continue }
      if text[place + wanted.count].separatesWords { return false }
      isBeginning = true
    }
    return isBeginning
  }
}

extension UInt8 {
  /// True for the bytes between words of rules.
  fileprivate var separatesWords: Bool {
    isWhitespace || self == .doubleQuote || self == .comma || self == .backslash
  }
}
