/// Numbers of YAML 1.1 as JSON, by the rules of go-yaml 2.
enum YAMLNumber {
  static func isSignOrPoint(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  /// The number of a plain scalar; nil if it is none.
  static func json(_ text: String) -> String? {
    guard let first = text.utf8.first, isDigit(first) || isSignOrPoint(first) else { return nil }
    if isJSON(text.utf8) { return text }
    let hasSeparators = first != UInt8(ascii: ".") && text.utf8.contains(UInt8(ascii: "_"))
    let plain = hasSeparators ? text.filter { $0 != "_" } : text
    return integer(plain) ?? fraction(plain)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  /// True for a number that JSON spells alike, as most are: up to 15 decimal digits without an exponent, and without
  /// zeros that add nothing. A double holds that many digits exactly.
  private static func isJSON(_ text: String.UTF8View) -> Bool {
    guard text.count <= 16, let first = text.first, isDigit(first), let last = text.last, isDigit(last) else {
      return false
    }
    var digits = 0
    var fraction: Int?
    for byte in text {
      if byte == UInt8(ascii: "."), fraction == nil {
        fraction = digits
      } else if isDigit(byte) {
        digits += 1
      } else {
        return false
      }
    }
    guard digits <= 15 else { return false }
    let isZero = first == UInt8(ascii: "0")
    guard let whole = fraction else { return digits == 1 || !isZero }
    return !isZero && last != UInt8(ascii: "0") && whole > 0
  }

  /// The value of a whole number in one of Go's notations: `10`, `0x1F`, `0o17`, `017`, `0b11`.
  private static func integer(_ text: String) -> String? {
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    let digits = text.utf8.dropFirst(isNegative || text.utf8.first == UInt8(ascii: "+") ? 1 : 0)
    guard let first = digits.first, isDigit(first) else { return nil }
    let (radix, prefix) = digits.count == 1 ? (10, 0) : radix(first, digits.dropFirst().first)
    let rest = digits.dropFirst(prefix)
    // Most other numbers have a point or an exponent.
    guard let start = rest.first, start != UInt8(ascii: "+"), start != UInt8(ascii: "-"),
      radix != 10 || rest.allSatisfy(isDigit), let value = UInt64(Substring(rest), radix: radix)
    else { return nil }
    guard isNegative else { return "\(value)" }
    return value <= 1 << 63 ? value == 0 ? "0" : "-\(value)" : nil
  }

  /// The radix of a number that begins with two digits or a digit and a letter, and the length of its prefix.
  private static func radix(_ first: UInt8, _ second: UInt8?) -> (radix: Int, prefix: Int) {
    guard first == UInt8(ascii: "0") else { return (10, 0) }
    switch second.map({ $0 | 0x20 }) {
    case UInt8(ascii: "x"): return (16, 2)
    case UInt8(ascii: "o"): return (8, 2)
    case UInt8(ascii: "b"): return (2, 2)
    default: return (8, 1)
    }
  }

  /// The value of a number in decimal notation: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
  private static func fraction(_ text: String) -> String? {
    let utf8 = text.utf8
    guard utf8.allSatisfy({ isDigit($0) || isSignOrPoint($0) || isExponent($0) }) else { return nil }
    guard let point = utf8.firstIndex(of: UInt8(ascii: ".")) else { return decimal(text) }
    let end = utf8[utf8.index(after: point)...].first
    guard end.map(isExponent) ?? true else { return decimal(text) }
    // Swift requires a digit after the point.
    guard utf8[..<point].last.map(isDigit) == true else { return nil }
    return decimal("\(text[..<point]).0\(text[utf8.index(after: point)...])")
  }

  private static func isExponent(_ byte: UInt8) -> Bool { byte | 0x20 == UInt8(ascii: "e") }

  private static func decimal(_ text: String) -> String? {
    guard let value = Double(text), value.isFinite else { return nil }
    return "\(value)"
  }
}
