import NetworkValues

/// The members of a JSON object on one line of a log, unescaped and without their types.
///
/// Members of nested objects count as members of the object itself; lists are left out. The storage is reused for
/// every line.
package struct LogObject {
  /// Keys and values, one after the other.
  package private(set) var bytes: [UInt8] = []
  /// Places of keys and values in `bytes`. The value of `null` is empty.
  package private(set) var members: [(key: Range<Int>, value: Range<Int>)] = []

  /// Deepest nesting that is read.
  private static let deepest = 8

  package init() {}

  /// Reads the object at the beginning of a text.
  ///
  /// - Returns: The number of bytes of the object; nil if the text does not begin with a complete object.
  package mutating func read(_ text: Span<UInt8>) -> Int? {
    bytes.removeAll(keepingCapacity: true)
    members.removeAll(keepingCapacity: true)
    var scanner = LogObjectScanner(position: 0)
    guard readObject(text, &scanner, depth: 0) else { return nil }
    return scanner.position
  }

  private mutating func readObject(
    _ text: Span<UInt8>, _ scanner: inout LogObjectScanner, depth: Int
  ) -> Bool {
    guard depth < Self.deepest, scanner.take(.leftBrace, in: text) else { return false }
    if scanner.take(.rightBrace, in: text) { return true }
    repeat {
      guard let key = scanner.string(in: text, into: &bytes), scanner.take(.colon, in: text),
        readValue(text, &scanner, key: key, depth: depth)
      else { return false }
    } while scanner.take(.comma, in: text)
    return scanner.take(.rightBrace, in: text)
  }

  private mutating func readValue(
    _ text: Span<UInt8>, _ scanner: inout LogObjectScanner, key: Range<Int>, depth: Int
  ) -> Bool {
    switch scanner.next(in: text) {
    case .doubleQuote:
      guard let value = scanner.string(in: text, into: &bytes) else { return false }
      members.append((key, value))
    case .leftBrace: return readObject(text, &scanner, depth: depth + 1)
    case .leftBracket: return scanner.skipList(in: text)
    case nil: return false
    default:
      guard let value = scanner.word(in: text, into: &bytes) else { return false }
      members.append((key, value))
    }
    return true
  }
}

/// Position in a JSON text.
private struct LogObjectScanner {
  var position: Int

  /// The next byte that is not whitespace; nil at the end.
  mutating func next(in text: Span<UInt8>) -> UInt8? {
    while position < text.count, text[position].isWhitespace { position += 1 }
    return position < text.count ? text[position] : nil
  }

  /// Skips a byte and the whitespace before it; false if another one follows.
  mutating func take(_ byte: UInt8, in text: Span<UInt8>) -> Bool {
    guard next(in: text) == byte else { return false }
    position += 1
    return true
  }

  /// Appends a string, unescaped; nil if it is not closed.
  mutating func string(in text: Span<UInt8>, into bytes: inout [UInt8]) -> Range<Int>? {
    guard take(.doubleQuote, in: text) else { return nil }
    let start = bytes.count
    while position < text.count {
      let byte = text[position]
      position += 1
      switch byte {
      case .doubleQuote: return start..<bytes.count
      case .backslash: appendEscape(in: text, to: &bytes)
      default: bytes.append(byte)
      }
    }
    return nil
  }

  private mutating func appendEscape(in text: Span<UInt8>, to bytes: inout [UInt8]) {
    guard position < text.count else { return }
    let byte = text[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): bytes.append(.newline)
    case UInt8(ascii: "t"): bytes.append(.tab)
    case UInt8(ascii: "r"): bytes.append(.carriageReturn)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0c)
    case UInt8(ascii: "u"): bytes.append(contentsOf: String(scalar(in: text)).utf8)
    default: bytes.append(byte)
    }
  }

  /// The character of `\uXXXX`, or of a surrogate pair of them.
  private mutating func scalar(in text: Span<UInt8>) -> Unicode.Scalar {
    guard let unit = codeUnit(in: text) else { return "\u{FFFD}" }
    guard UTF16.isLeadSurrogate(unit), position + 1 < text.count, text[position] == .backslash,
      text[position + 1] == UInt8(ascii: "u")
    else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
    position += 2
    guard let other = codeUnit(in: text), UTF16.isTrailSurrogate(other) else { return "\u{FFFD}" }
    return UTF16.decode(UTF16.EncodedScalar([unit, other]))
  }

  private mutating func codeUnit(in text: Span<UInt8>) -> UInt16? {
    guard position + 4 <= text.count,
      let unit = UInt16(digits: (0..<4).map { text[position + $0] }, base: 16)
    else { return nil }
    position += 4
    return unit
  }

  /// Appends a number, `true` or `false`; nothing for `null`.
  mutating func word(in text: Span<UInt8>, into bytes: inout [UInt8]) -> Range<Int>? {
    let start = bytes.count
    while position < text.count, text[position].isWordByte {
      bytes.append(text[position])
      position += 1
    }
    guard bytes.count > start else { return nil }
    if bytes[start] == UInt8(ascii: "n") { bytes.removeSubrange(start...) }
    return start..<bytes.count
  }

  /// Skips a list, with the lists and objects in it.
  mutating func skipList(in text: Span<UInt8>) -> Bool {
    var depth = 0
    var unused: [UInt8] = []
    while let byte = next(in: text) {
      switch byte {
      case .leftBracket, .leftBrace: depth += 1
      case .rightBracket, .rightBrace: depth -= 1
      case .doubleQuote:
        guard string(in: text, into: &unused) != nil else { return false }
        continue
      default: break
      }
      position += 1
      if depth == 0 { return true }
    }
    return false
  }
}

extension UInt8 {
  fileprivate static var leftBrace: UInt8 { 0x7b }
  fileprivate static var rightBrace: UInt8 { 0x7d }

  /// True for the bytes of a number, `true`, `false` and `null`.
  fileprivate var isWordByte: Bool {
    isDigit || isLowercase || self == .hyphen || self == .plus || self == .period || self == UInt8(ascii: "E")
  }
}
