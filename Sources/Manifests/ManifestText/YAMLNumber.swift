/// Numbers of YAML 1.1 as JSON, by the rules of go-yaml 2.
enum YAMLNumber {
  static func isSignOrPoint(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  /// The number of a plain scalar; nil if it is none.
  static func json(_ text: String) -> String? {
    guard let first = text.utf8.first, isDigit(first) || isSignOrPoint(first) else { return nil }
    if isJSON(text.utf8) { return text }
    let plain = first == UInt8(ascii: ".") ? text : String(text.filter { $0 != "_" })
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
    let isNegative = text.first == "-"
    let digits = text.first.map { "+-".contains($0) } ?? false ? text.dropFirst() : text[...]
    guard let first = digits.first, first != "+", first != "-" else { return nil }
    let prefixes: [(String, Int)] = [("0x", 16), ("0o", 8), ("0b", 2), ("0", 8)]
    let prefix = digits.count == 1 ? nil : prefixes.first { digits.lowercased().hasPrefix($0.0) }
    let rest = digits.dropFirst(prefix?.0.count ?? 0)
    guard rest.first != "+", rest.first != "-", let value = UInt64(rest, radix: prefix?.1 ?? 10) else {
      return nil
    }
    guard isNegative else { return "\(value)" }
    return value <= 1 << 63 ? value == 0 ? "0" : "-\(value)" : nil
  }

  /// The value of a number in decimal notation: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
  private static func fraction(_ text: String) -> String? {
    guard text.utf8.allSatisfy("+-.0123456789eE".utf8.contains) else { return nil }
    // Swift requires a digit after the point.
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let end = parts.count == 2 ? parts[1].first : nil
    let hasBareEnd = parts.count == 2 && (end == nil || end == "e" || end == "E")
    if hasBareEnd, parts[0].last.map({ !$0.isNumber }) ?? true { return nil }
    let spelled = hasBareEnd ? "\(parts[0]).0\(parts[1])" : text
    guard let value = Double(spelled), value.isFinite else { return nil }
    return "\(value)"
  }
}
