import LogText
import NetworkValues

/// Prefixes that many lines have in common, as stern, docker compose, `grep -n`, chats and lists print them.
enum CommonPrefixes {
  /// The number of prefixes that are removed, the most frequent ones.
  private static let maximumPrefixes = 16

  /// The lines without prefixes that precede rules at least twice, or once if every line has the prefix. A prefix of one
  /// word precedes rules at least three times, and is the name of a pod or ends with a separator.
  static func removed(from lines: NumberedLines) -> NumberedLines {
    var counts: [PrefixShape: Int] = [:]
    for line in lines where RuleBeginning.mayBe(in: line.text) && !isRuleText(line) {
      for prefix in candidates(line.text[...]) where isBeforeRules(prefix, line) {
        counts[PrefixShape(prefix), default: 0] += 1
      }
    }
    guard !counts.isEmpty, let first = lines.first(where: { !$0.text.isEmpty }) else { return lines }
    // The first line alone decides about most prefixes.
    let known = counts.filter { prefix, count in
      isPrefix(prefix, count: count) || prefix.end(in: first.text[...]) != nil && isCommon(prefix, lines)
    }
    .map { (count: $0.value, text: $0.key.text, prefix: $0.key) }
    .sorted { ($0.count, $0.text) > ($1.count, $1.text) }.prefix(maximumPrefixes)
    .sorted { ($0.text.utf8.count, $0.text) > ($1.text.utf8.count, $1.text) }.map(\.prefix)
    guard !known.isEmpty else { return lines }
    var removed = lines.withoutLines
    for line in lines {
      guard !isRuleText(line),
        let end = known.lazy.compactMap({ $0.end(in: line.text[...]) }).first
      else {
        removed.append(line)
        continue
      }
      removed.append(
        contentsOf: LineUnwrapper.unwrapped(
          NumberedLine(
            number: line.number, text: String(line.text[end...]), isFromLog: true,
            pod: line.pod ?? LogSource.pod(inPrefix: line.text[..<end]))))
    }
    return removed
  }

  /// True for text of rules, and for a command of a script such as `$IPT -t nat -N X`: what precedes its rule is no prefix.
  private static func isRuleText(_ line: NumberedLine) -> Bool {
    LineKind(line.text[...]).isRuleText || ShellVariables.isCommand(line.text[...])
  }

  private static func isPrefix(_ prefix: PrefixShape, count: Int) -> Bool {
    if prefix.hasSeveralWords { return count >= 2 }
    if prefix.endsWithSeparator { return count >= 3 }
    return prefix.text.contains("-") && count >= (prefix.text.contains("0") ? 3 : 5)
  }

  /// True if every line of several that is not blank has the prefix, and it is more than a word.
  private static func isCommon(_ prefix: PrefixShape, _ lines: NumberedLines) -> Bool {
    guard prefix.hasSeveralWords || prefix.endsWithSeparator else { return false }
    return lines.lazy.filter { !$0.text.isEmpty }.prefix(2).count == 2
      && lines.allSatisfy { $0.text.isEmpty || prefix.end(in: $0.text[...]) != nil }
  }

  private static func isBeforeRules(_ prefix: Substring, _ line: NumberedLine) -> Bool {
    let rest = NumberedLine(number: line.number, text: String(line.text[prefix.endIndex...]))
    return LineUnwrapper.unwrapped(rest).contains {
      let kind = LineKind($0.text[...])
      // Names of columns begin with several words that may seem to be a prefix of the others.
      return kind != .columns && kind.isRuleText
    }
  }

  private static let nameMarks = Array("-._/:›".utf8)

  /// The first word with a hyphen, the first two and three words, a name before `|`, and the text before a rule.
  private static func candidates(_ text: Substring) -> [Substring] {
    var candidates: [Substring] = []
    var rest = text
    for count in 1...3 {
      let word = rest.firstWord
      guard !word.isEmpty,
        word.utf8.allSatisfy({ $0.isLowercase || $0.isDigit || nameMarks.contains($0) })
      else { break }
      let after = rest[word.endIndex...].droppingBlanks
      if count > 1 || word.utf8.contains(.hyphen) { candidates.append(text[..<word.endIndex]) }
      if after.utf8.first == PrefixShape.pipe { candidates.append(text[...after.startIndex]) }
      rest = after
    }
    if let place = RuleBeginning.place(in: text) { candidates.append(text[..<place]) }
    return candidates
  }
}

/// A prefix with every number replaced by `0`, and blanks by one space.
private struct PrefixShape: Hashable {
  private var bytes: [UInt8] = []

  static let pipe = UInt8(ascii: "|")

  init(_ prefix: Substring) {
    for byte in prefix.utf8 {
      let next = Self.shape(of: byte)
      if bytes.last != next || !Self.repeats(next) { bytes.append(next) }
    }
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  var hasSeveralWords: Bool { text[...].words.count > 1 || bytes.last == Self.pipe }

  /// True if a bracket, colon or the like ends the prefix, or a blank after it.
  var endsWithSeparator: Bool {
    let last = text.last { $0 != " " }
    return last.map { !$0.isLetter && $0 != "0" && $0 != "_" } ?? false
  }

  /// The end of the prefix at the beginning of a line; nil if the line begins otherwise. Blanks at the end of a line may
  /// be missing.
  func end(in line: Substring) -> Substring.Index? {
    var rest = line.utf8
    for wanted in bytes {
      guard let next = rest.first, Self.shape(of: next) == wanted else {
        return rest.isEmpty && wanted == .space ? rest.startIndex : nil
      }
      rest = Self.repeats(wanted) ? rest.drop { Self.shape(of: $0) == wanted } : rest.dropFirst()
    }
    return rest.startIndex
  }

  private static func shape(of byte: UInt8) -> UInt8 {
    byte == .tab ? .space : byte.isDigit ? .digitZero : byte
  }

  /// True for a digit or blank, which stands for any number of them.
  private static func repeats(_ byte: UInt8) -> Bool { byte == .digitZero || byte == .space }
}
