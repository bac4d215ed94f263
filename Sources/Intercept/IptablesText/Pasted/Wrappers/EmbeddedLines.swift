import LogText
import NetworkValues

/// Lines embedded in a line as `\n`.
enum EmbeddedLines {
  /// True if `\n` is followed by text of rules, once or several times escaped.
  static func areEscaped(in text: Substring) -> Bool {
    let utf8 = text.utf8.span
    for index in utf8.indices
    where utf8[index] == UInt8(ascii: "n") && index > 0 && utf8[index - 1] == .backslash {
      guard index + 1 < utf8.count else { return false }
      switch utf8[index + 1] {
      case .hyphen, .colon, .asterisk, .numberSign, .leftBracket, .backslash: return true
      case UInt8(ascii: "C"), .space, .tab, UInt8(ascii: "i"), UInt8(ascii: "t"):
        return ["COMMIT", "Chain ", "table ", "tables "].contains(where: text.hasBytes)
      default: continue
      }
    }
    return false
  }

  /// The lines of a text with escapes: those in quoted strings, after the text before the first of them, if a quoted string
  /// has lines. A logger may have shortened and closed such a string.
  static func unescapedParts(of text: Substring) -> [Substring] {
    var strings: [Substring] = []
    var (prefix, rest) = (text, text)
    while let start = rest.utf8.firstIndex(of: .doubleQuote),
      let (content, after) = EscapedText.quoted(Substring(rest.utf8[start...]))
    {
      if areEscaped(in: content), rest.utf8[..<start].last != .backslash {
        if strings.isEmpty { prefix = text[..<start] }
        strings.append(content)
      }
      rest = after
    }
    guard !strings.isEmpty else { return parts(of: EscapedText.unescaped(text)) }
    return [prefix].filter { !$0.isEmpty } + strings.flatMap { parts(of: EscapedText.unescaped($0)) }
  }

  /// The bytes that end the words before rules.
  private static let introductions = Array(":=\"".utf8)

  /// The lines of a text. Words before the first line of rules, such as `restoring: *nat`, become a line.
  static func parts(of text: String) -> [Substring] {
    let parts = text.utf8.split { $0 == .newline || $0 == .carriageReturn }.map { Substring($0) }
    guard let first = parts.first, !LineKind(first.droppingBlanks).isRuleText else { return parts }
    let utf8 = first.utf8
    for index in utf8.suffix(100).indices.reversed() where introductions.contains(utf8[index]) {
      let rest = Substring(utf8[index...].dropFirst()).droppingBlanks
      if LineKind(rest).isRuleText { return [Substring(utf8[...index]), rest] + parts.dropFirst() }
    }
    guard let place = RuleBeginning.place(in: first), LineKind(first[place...]).isRuleText else {
      return parts
    }
    return [first[..<place], first[place...]] + parts.dropFirst()
  }
}
