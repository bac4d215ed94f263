import NetworkValues

/// Timestamps and headers at the beginning of log lines.
package enum LogTimestamp {
  /// A form of text; `d` is a digit, `a` a letter, every other byte itself.
  private typealias Format = [UInt8]

  private static let formats: [Format] = [
    "dddd-dd-ddTdd:dd:dd", "dddd-dd-dd dd:dd:dd", "dddd/dd/dd dd:dd:dd", "aaa dd dd:dd:dd", "aaa  d dd:dd:dd",
    "dd:dd:dd",
  ].map { Array($0.utf8) }
  private static let zones: [Format] = ["+dd:dd", "+dddd", "-dd:dd", "-dddd"].map { Array($0.utf8) }
  private static let klogTime = Format("dddd dd:dd:dd".utf8)

  /// The text after a timestamp with optional fraction, zone and brackets; nil if there is none.
  package static func dropped(from text: Substring) -> Substring? {
    let utf8 = text.utf8
    let isBracketed = utf8.first == .leftBracket
    let start = isBracketed ? utf8.dropFirst() : utf8
    guard let end = formats.lazy.compactMap({ end(of: $0, in: start) }).first else { return nil }
    var rest = zoneDropped(fractionDropped(end))
    if isBracketed {
      guard rest.popFirst() == .rightBracket else { return nil }
    }
    guard let next = rest.first, next == .space || next == .tab else {
      return rest.isEmpty ? Substring(rest) : nil
    }
    return Substring(rest).droppingBlanks
  }

  private static let severities = Array("IWEF".utf8)
  /// More than the length of the thread and the place in the source.
  private static let longestKlogSource = 120

  /// The text after klog's header: `I0102 03:04:05.678901    1 main.go:42] `.
  package static func klogDropped(from text: Substring) -> Substring? {
    guard let severity = text.utf8.first, severities.contains(severity),
      let time = end(of: klogTime, in: text.utf8.dropFirst()),
      let bracket = time.prefix(longestKlogSource).firstIndex(of: .rightBracket),
      time[..<bracket].contains(.colon)
    else { return nil }
    return Substring(time[bracket...].dropFirst()).droppingBlanks
  }

  /// True for a word of a timestamp: a date, a time or a year.
  package static func isPart(_ word: Substring) -> Bool {
    guard let first = word.utf8.first, first.isDigit else { return false }
    // Names of pods may begin with a digit too, but have neither a colon nor a T.
    return word.utf8.contains { $0 == .colon || $0 == UInt8(ascii: "T") }
      || word.utf8.allSatisfy { $0.isDigit || "-./".utf8.contains($0) }
  }

  private static func end(of format: Format, in text: Substring.UTF8View) -> Substring.UTF8View? {
    var index = text.startIndex
    for wanted in format {
      guard index < text.endIndex, fits(text[index], wanted) else { return nil }
      text.formIndex(after: &index)
    }
    return text[index...]
  }

  private static func fits(_ byte: UInt8, _ wanted: UInt8) -> Bool {
    switch wanted {
    case UInt8(ascii: "d"): byte.isDigit
    case UInt8(ascii: "a"): byte.uppercased.isUppercase
    default: byte == wanted
    }
  }

  private static func fractionDropped(_ text: Substring.UTF8View) -> Substring.UTF8View {
    guard let first = text.first, first == .period || first == .comma else { return text }
    let digits = text.dropFirst().prefix(while: \.isDigit)
    return digits.isEmpty ? text : text[digits.endIndex...]
  }

  private static func zoneDropped(_ text: Substring.UTF8View) -> Substring.UTF8View {
    if text.first == UInt8(ascii: "Z") { return text.dropFirst() }
    return zones.lazy.compactMap { end(of: $0, in: text) }.first ?? text
  }
}
