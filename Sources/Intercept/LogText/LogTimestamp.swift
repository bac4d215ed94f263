import NetworkValues

/// Timestamps and headers at the beginning of log lines.
package enum LogTimestamp {
  /// The formats; `d` is a digit, `a` a letter, every other character itself.
  private static let formats = [
    "dddd-dd-ddTdd:dd:dd", "dddd-dd-dd dd:dd:dd", "dddd/dd/dd dd:dd:dd", "aaa dd dd:dd:dd", "aaa  d dd:dd:dd",
    "dd:dd:dd",
  ]

  /// The text after a timestamp with optional fraction, zone and brackets; nil if there is none.
  package static func dropped(from text: Substring) -> Substring? {
    let isBracketed = text.first == "["
    let start = isBracketed ? text.dropFirst() : text
    guard let end = formats.lazy.compactMap({ end(of: $0, in: start) }).first else { return nil }
    var rest = zoneDropped(fractionDropped(end))
    if isBracketed {
      guard let inner = rest.dropping("]") else { return nil }
      rest = inner
    }
    guard let next = rest.first, next == " " || next == "\t" else { return rest.isEmpty ? rest : nil }
    return rest.droppingBlanks
  }

  /// The text after klog's header: `I0102 03:04:05.678901    1 main.go:42] `.
  package static func klogDropped(from text: Substring) -> Substring? {
    guard let severity = text.first, "IWEF".contains(severity),
      let time = end(of: "dddd dd:dd:dd", in: text.dropFirst()), let bracket = time.firstIndex(of: "]"),
      time[..<bracket].utf8.count < 120, time[..<bracket].contains(":")
    else { return nil }
    return time[time.index(after: bracket)...].droppingBlanks
  }

  /// True for a word of a timestamp: a date, a time or a year.
  package static func isPart(_ word: Substring) -> Bool {
    guard let first = word.utf8.first, first.isDigit else { return false }
    // Names of pods may begin with a digit too, but have neither a colon nor a T.
    return word.contains(":") || word.contains("T")
      || word.utf8.allSatisfy { $0.isDigit || "-./".utf8.contains($0) }
  }

  private static func end(of format: String, in text: Substring) -> Substring? {
    var rest = text
    for wanted in format {
      guard let next = rest.popFirst() else { return nil }
      let isRight =
        switch wanted {
        case "d": next.isASCII && next.isNumber
        case "a": next.isASCII && next.isLetter
        default: next == wanted
        }
      guard isRight else { return nil }
    }
    return rest
  }

  private static func fractionDropped(_ text: Substring) -> Substring {
    guard let first = text.first, first == "." || first == "," else { return text }
    let rest = text.dropFirst().drop { $0.isASCII && $0.isNumber }
    return rest.startIndex == text.index(after: text.startIndex) ? text : rest
  }

  private static func zoneDropped(_ text: Substring) -> Substring {
    if let rest = text.dropping("Z") { return rest }
    for sign in ["+", "-"] {
      for format in ["dd:dd", "dddd"] {
        if let rest = end(of: sign + format, in: text) { return rest }
      }
    }
    return text
  }
}
