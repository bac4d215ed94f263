import NetworkValues

/// Removes the envelopes that logs, consoles and documents put around the lines of a text.
struct LineUnwrapper {
  private(set) var lines: [NumberedLine] = []
  /// The beginning of a line that CRI split into several.
  private var partial: NumberedLine?

  /// Maximum number of envelopes in each other.
  private static let maximumNesting = 8
  /// Maximum number of lines, embedded ones included.
  static let maximumLines = 5_000_000

  /// The lines of a text without envelopes.
  ///
  /// A text that is JSON as a whole is replaced by the strings in it.
  static func lines(_ text: String) -> [NumberedLine] {
    var unwrapper = LineUnwrapper()
    if text.utf8.first(where: { !$0.isWhitespace }).map({ "{[\"".utf8.contains($0) }) == true,
      let items = JSONStrings.read(text[...])
    {
      for item in RuleStrings.chosen(from: items) {
        unwrapper.add(NumberedLine(number: item.line + 1, text: item.text, isFromLog: true), nesting: 1)
      }
    } else {
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        unwrapper.add(NumberedLine(number: index + 1, text: String(line)), nesting: 0)
      }
    }
    return CommonPrefixes.removed(from: unwrapper.lines)
  }

  /// A line without its envelopes, as one or more lines.
  static func unwrapped(_ line: NumberedLine) -> [NumberedLine] {
    var unwrapper = LineUnwrapper()
    unwrapper.add(line, nesting: 1)
    return unwrapper.lines
  }

  private mutating func add(_ line: NumberedLine, nesting: Int) {
    guard lines.count < Self.maximumLines else { return }
    var line = line
    if let whole = joined(line) { line = whole } else { return }
    var rest = line.text[...].droppingBlanks
    for _ in nesting..<Self.maximumNesting {
      // Before escapes: the rules in JSON are escaped, and its brackets are not part of them.
      if let message = Envelope.jsonMessage(rest) {
        return add(embedded: message + "\n", of: line, nesting: nesting)
      }
      if EmbeddedLines.areEscaped(in: rest) || rest.contains("\n") {
        return add(embedded: rest, of: line, nesting: nesting)
      }
      if LineKind(rest).isRuleText { break }
      guard let inner = Envelope.removed(from: rest) else { break }
      line.isFromLog = line.isFromLog || inner.isLog
      rest = inner.text.droppingBlanks
    }
    line.text = Self.trimmed(rest)
    lines.append(line)
  }

  /// A line with the beginning that CRI split from it; nil for such a beginning.
  private mutating func joined(_ line: NumberedLine) -> NumberedLine? {
    guard let (content, isPartial) = Envelope.criContent(line.text[...].droppingBlanks) else { return line }
    var whole = partial ?? NumberedLine(number: line.number, text: "", isFromLog: true)
    whole.text += content
    partial = isPartial && whole.text.utf8.count < 1 << 20 ? whole : nil
    return partial == nil ? whole : nil
  }

  private mutating func add(embedded text: Substring, of line: NumberedLine, nesting: Int) {
    let whole = text.contains("\n") ? String(text) : EscapedText.unescaped(EmbeddedLines.withoutQuotes(text))
    for part in whole.split(separator: "\n") {
      add(NumberedLine(number: line.number, text: String(part), isFromLog: true), nesting: nesting + 1)
    }
  }

  /// The line without blanks at its end, a suffix of fields after `COMMIT` or a rule, and a backslash of Markdown.
  private static func trimmed(_ text: Substring) -> String {
    var rest = text[
      ..<(text.utf8.lastIndex { !$0.isWhitespace }.map { text.utf8.index(after: $0) } ?? text.startIndex)]
    if rest.first == "\\", let next = rest.dropFirst().first, "*-#:".contains(next) {
      rest = rest.dropFirst()
    }
    guard let first = rest.first, "-:*[C".contains(first), rest.contains("  ") else { return String(rest) }
    while let field = rest.words.last, field.contains("="), !field.hasPrefix("-"), !field.contains("\""),
      field.first?.isLetter == true
    {
      let before = rest[..<field.startIndex]
      let isFirst = before.hasSuffix("  ") || before.hasSuffix("\t")
      rest =
        before[
          ..<(before.lastIndex { $0 != " " && $0 != "\t" }.map(before.index(after:)) ?? before.startIndex)]
      if isFirst { return String(rest) }
    }
    return String(text.trimmingBlanks())
  }
}

/// Lines embedded in a line as `\n`.
enum EmbeddedLines {
  /// True if `\n` is followed by text of rules, once or several times escaped.
  static func areEscaped(in text: Substring) -> Bool {
    guard text.utf8.contains(.backslash) else { return false }
    let utf8 = Array(text.utf8)
    for index in utf8.indices
    where utf8[index] == UInt8(ascii: "n") && index > 0 && utf8[index - 1] == .backslash {
      guard index + 1 < utf8.count else { return false }
      switch utf8[index + 1] {
      case .hyphen, .colon, .asterisk, .numberSign, .leftBracket, .backslash: return true
      case UInt8(ascii: "C"), .space, UInt8(ascii: "t"):
        return text.contains("COMMIT") || text.contains("Chain ") || text.contains("table ")
      default: continue
      }
    }
    return false
  }

  /// The content of a quoted string; other text unchanged.
  static func withoutQuotes(_ text: Substring) -> Substring {
    EscapedText.quoted(text).flatMap { $0.rest.trimmingBlanks().isEmpty ? $0.content : nil } ?? text
  }
}

/// The strings of a JSON text that hold rules or a log's message.
enum RuleStrings {
  private static let messageKeys: Set<String> = [
    "log", "msg", "message", "MESSAGE", "text", "textPayload", "body", "line", "content", "output", "stdout",
    "data",
  ]

  /// The strings with rules; without any, the messages.
  static func chosen(from items: [JSONStrings.Item]) -> [JSONStrings.Item] {
    let rules = items.filter { isRules($0.text) }
    let messages = items.filter { $0.key.map(messageKeys.contains) == true }
    return rules.isEmpty || !messages.isEmpty && rules.allSatisfy { $0.key.map(messageKeys.contains) == true }
      ? messages : rules
  }

  private static func isRules(_ text: String) -> Bool {
    LineUnwrapper.unwrapped(NumberedLine(number: 1, text: text)).contains {
      LineKind($0.text[...]).isRuleText
    }
  }
}
