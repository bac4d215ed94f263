import LogText
import NetworkValues

/// The envelope of one line: a prefix or a pair of quotes.
enum Envelope {
  /// The text in the outermost envelope, and true if it is a log's; nil if the line has no envelope.
  static func removed(from text: Substring) -> (text: Substring, isLog: Bool)? {
    if let quoted = text.dropping(">") { return (quoted, false) }
    if let plain = escapedMark(text) { return (plain, false) }
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

  private static let escapedMarks = Array("*-#:".utf8)

  /// The text without the backslash by which Markdown keeps a mark at its beginning.
  static func escapedMark(_ text: Substring) -> Substring? {
    guard let plain = text.dropping("\\"), let next = plain.utf8.first, escapedMarks.contains(next) else {
      return nil
    }
    return plain
  }

  /// The text in backticks of Markdown.
  private static func inlineCode(_ text: Substring) -> Substring? {
    guard let code = text.dropping("`"), code.dropping("``") == nil,
      let end = code.utf8.lastIndex(where: { $0 != .space }), code.utf8[end] == UInt8(ascii: "`")
    else { return nil }
    return code[..<end]
  }

  /// The only cell with rules in a row of a table of Markdown.
  private static func ruleCell(_ text: Substring) -> Substring? {
    guard text.utf8.first == pipe, text.utf8.last == pipe else { return nil }
    let cells = text.split(separator: "|").map { $0.trimmingBlanks()[...] }
    let rules = cells.filter { LineKind(inlineCode($0) ?? $0).isRuleText }
    return rules.count == 1 && cells.count > 1 ? rules[0] : nil
  }

  private static let pipe = UInt8(ascii: "|")
  private static let borders = ["│", "┃", "║", "|"]

  /// The text between the borders that a terminal's window or a table of Markdown has at both ends of a line.
  private static func withoutFrame(_ text: Substring) -> Substring? {
    guard let border = borders.first(where: { text.dropping($0) != nil }), text.count > 2,
      text.hasSuffix(border)
    else { return nil }
    return text.dropFirst().dropLast()
  }

  /// `COMMIT  ns=a`: a line of rules with fields that a logger appended.
  private static func withoutFields(_ text: Substring) -> Substring? {
    guard text.dropping("COMMIT") != nil || text.utf8.first == .asterisk, text.utf8.contains(.equalsSign)
    else {
      return nil
    }
    let words = text.words
    let kept = words.prefix { !$0.utf8.contains(.equalsSign) }
    guard kept.count < words.count, words[kept.count...].allSatisfy({ $0.utf8.contains(.equalsSign) }),
      let last = kept.last
    else { return nil }
    return text[..<last.endIndex]
  }

  /// The text of rules after up to three words of a logger, such as a scope and `main.go:42`.
  private static func callerDropped(_ text: Substring) -> Substring? {
    var rest = text
    for _ in 0..<3 {
      let word = rest.firstWord
      guard word.hasBytes(".go:") || word.utf8.last == .colon || rest.utf8[word.endIndex...].first == .tab
      else {
        return nil
      }
      rest = rest.droppingWord
      if LineKind(rest).isRuleText { return rest }
    }
    return nil
  }

  /// The message of a log's line in JSON, and the pod that the line names.
  static func jsonMessage(_ text: Substring) -> (text: Substring, pod: String?)? {
    guard text.utf8.first == UInt8(ascii: "{"), text.utf8.last == UInt8(ascii: "}"),
      let strings = RuleStrings(json: text.utf8.span)
    else { return nil }
    return (strings.items.map(\.text).joined(separator: "\n")[...], strings.items.first?.pod)
  }

  private static let messageKeys: Set<Substring> = ["msg", "message", "log", "line", "text"]

  /// The message of a line in logfmt: `time=… level=info msg="…"`.
  private static func logfmtMessage(_ text: Substring) -> Substring? {
    guard text.utf8.first?.uppercased.isUppercase == true, text.firstKey != nil else { return nil }
    var rest = text
    while !rest.isEmpty {
      guard let key = rest.firstKey else {
        rest = rest.droppingWord
        continue
      }
      let value = Substring(rest.utf8[key.endIndex...].dropFirst())
      let isMessage = messageKeys.contains(key)
      if let (content, after) = EscapedText.quoted(value) {
        if isMessage { return EscapedText.unescaped(content)[...] }
        rest = after.droppingBlanks
      } else {
        if isMessage { return value }
        rest = value.droppingWord
      }
    }
    return nil
  }
}

extension Substring {
  /// The name before `=` at the beginning of a text; nil if there is none.
  fileprivate var firstKey: Substring? {
    let key = utf8.prefix { $0.isDigit || $0.uppercased.isUppercase || "_.@-".utf8.contains($0) }
    return !key.isEmpty && utf8[key.endIndex...].first == .equalsSign ? Substring(key) : nil
  }
}
