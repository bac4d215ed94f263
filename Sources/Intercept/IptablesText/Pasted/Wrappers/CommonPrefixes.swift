/// Prefixes of up to three words that many lines have in common, as stern and docker compose print them.
enum CommonPrefixes {
  /// The lines without prefixes that precede rules at least twice, or once if every line has the prefix. A single word
  /// is a prefix if it precedes rules at least three times and is the name of a pod.
  static func removed(from lines: NumberedLines) -> NumberedLines {
    var counts: [Substring: Int] = [:]
    for line in lines where !LineKind(line.text[...]).isRuleText {
      for prefix in candidates(line.text[...]) where isBeforeRules(prefix, line) {
        counts[prefix, default: 0] += 1
      }
    }
    let known = Set(counts.filter { isPrefix($0.key, count: $0.value, in: lines) }.keys)
    guard !known.isEmpty else { return lines }
    var removed = lines.withoutLines
    for line in lines {
      guard let prefix = candidates(line.text[...]).first(where: known.contains) else {
        removed.append(line)
        continue
      }
      let rest = String(line.text[prefix.endIndex...])
      removed.append(
        contentsOf: LineUnwrapper.unwrapped(
          NumberedLine(number: line.number, text: rest, isFromLog: true)))
    }
    return removed
  }

  private static func isPrefix(_ prefix: Substring, count: Int, in lines: NumberedLines) -> Bool {
    if prefix.words.count > 1 || prefix.hasSuffix("|") { return count >= 2 || isCommon(prefix, lines) }
    return count >= 3 && prefix.contains("-") && prefix.contains(where: \.isNumber)
  }

  /// True if every line of several that is not blank has the prefix.
  private static func isCommon(_ prefix: Substring, _ lines: NumberedLines) -> Bool {
    lines.count { !$0.text.isEmpty } > 1
      && lines.allSatisfy { $0.text.isEmpty || $0.text.hasPrefix(prefix) }
  }

  private static func isBeforeRules(_ prefix: Substring, _ line: NumberedLine) -> Bool {
    let rest = NumberedLine(number: line.number, text: String(line.text[prefix.endIndex...]))
    return LineUnwrapper.unwrapped(rest).contains { LineKind($0.text[...]).isRuleText }
  }

  /// The first word with a hyphen, the first two and three words, and a name before `|`.
  private static func candidates(_ text: Substring) -> [Substring] {
    var candidates: [Substring] = []
    var rest = text
    for count in 1...3 {
      let word = rest.firstWord
      guard !word.isEmpty,
        word.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber) || "-._/:›".contains($0) })
      else { break }
      let after = rest[word.endIndex...].droppingBlanks
      if count > 1 || word.contains("-") { candidates.append(text[..<word.endIndex]) }
      if after.first == "|" { candidates.append(text[...after.startIndex]) }
      rest = after
    }
    return candidates
  }
}
