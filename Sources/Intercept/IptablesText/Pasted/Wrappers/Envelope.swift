import LogText
import NetworkValues

/// The envelope of one line: a prefix or a pair of quotes.
enum Envelope {
  /// The text in the outermost envelope, and true if it is a log's; nil if the line has no envelope.
  static func removed(from text: Substring) -> (text: Substring, isLog: Bool)? {
    if let quoted = text.dropping(">") { return (quoted, false) }
    if let escaped = text.dropping("\\"), let next = escaped.first, "*-#:".contains(next) {
      return (escaped, false)
    }
    if let code = inlineCode(text) { return (code, false) }
    if let cell = ruleCell(text) ?? withoutFrame(text) { return (cell, false) }
    if let suffixed = withoutFields(text) { return (suffixed, true) }
    if let rest = LogPrefix.removed(from: text) { return (rest, true) }
    if let message = logfmtMessage(text) { return (message, true) }
    if let rest = LogPrefix.levelRemoved(from: text) { return (rest, true) }
    if let (content, rest) = EscapedText.quoted(text), rest.isEmpty || rest == "," {
      return (EscapedText.unescaped(content)[...], true)
    }
    return callerDropped(text).map { ($0, true) }
  }

  /// The text in backticks of Markdown.
  private static func inlineCode(_ text: Substring) -> Substring? {
    guard text.first == "`", !text.hasPrefix("```"), let end = text.lastIndex(where: { $0 != " " }),
      end > text.startIndex, text[end] == "`"
    else { return nil }
    return text[..<end].dropFirst()
  }

  /// The only cell with rules in a row of a table of Markdown.
  private static func ruleCell(_ text: Substring) -> Substring? {
    guard text.first == "|", text.last == "|" else { return nil }
    let cells = text.split(separator: "|").map { $0.trimmingBlanks()[...] }
    let rules = cells.filter { LineKind(inlineCode($0) ?? $0).isRuleText }
    return rules.count == 1 && cells.count > 1 ? rules[0] : nil
  }

  /// The text between the borders that a terminal's window or a table of Markdown has at both ends of a line.
  private static func withoutFrame(_ text: Substring) -> Substring? {
    guard let border = text.first, "│┃║|".contains(border), text.count > 2, text.last == border else {
      return nil
    }
    return text.dropFirst().dropLast()
  }

  /// `COMMIT  ns=a`: a line of rules with fields that a logger appended.
  private static func withoutFields(_ text: Substring) -> Substring? {
    guard text.hasPrefix("COMMIT") || text.hasPrefix("*"), text.utf8.contains(.equalsSign) else { return nil }
    let words = text.words
    let kept = words.prefix { !$0.contains("=") }
    guard kept.count < words.count, words[kept.count...].allSatisfy({ $0.contains("=") }),
      let last = kept.last
    else {
      return nil
    }
    return text[..<last.endIndex]
  }

  /// The text of rules after up to three words of a logger, such as a scope and `main.go:42`.
  private static func callerDropped(_ text: Substring) -> Substring? {
    var rest = text
    for _ in 0..<3 {
      let word = rest.firstWord
      guard word.hasBytes(".go:") || word.hasSuffix(":") || rest[word.endIndex...].first == "\t" else {
        return nil
      }
      rest = rest.droppingWord
      if LineKind(rest).isRuleText { return rest }
    }
    return nil
  }

  /// The message of a log's line in JSON, and the pod that the line names.
  static func jsonMessage(_ text: Substring) -> (text: Substring, pod: String?)? {
    guard text.first == "{", text.last == "}", let items = JSONStrings.read(text) else { return nil }
    let texts = RuleStrings.chosen(from: items).map(\.text)
    guard !texts.isEmpty else { return nil }
    return (texts.joined(separator: "\n")[...], RuleStrings.pods(of: items).values.first)
  }

  /// The message of a line in logfmt: `time=… level=info msg="…"`.
  private static func logfmtMessage(_ text: Substring) -> Substring? {
    guard let equals = text.firstIndex(of: "="),
      text[..<equals].allSatisfy({ $0.isLetter || $0.isNumber || "_.@-".contains($0) }),
      text.first?.isLetter == true
    else { return nil }
    var rest = text
    while !rest.isEmpty, let equals = rest.firstIndex(of: "=") {
      let key = rest[..<equals].droppingBlanks
      let value = rest[rest.index(after: equals)...]
      let isMessage = ["msg", "message", "log", "line", "text"].contains(key)
      if let (content, after) = EscapedText.quoted(value) {
        if isMessage { return EscapedText.unescaped(content)[...] }
        rest = after
      } else {
        if isMessage { return value }
        rest = value.drop { $0 != " " }
      }
    }
    return nil
  }
}
