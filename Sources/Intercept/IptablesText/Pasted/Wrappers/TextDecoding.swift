import NetworkValues

/// Conversion of a file's bytes to UTF-8 without terminal control and typographic blanks.
enum TextDecoding {
  /// The text in UTF-8: UTF-16 is converted, byte order marks, ANSI escape sequences and zero-width characters are
  /// removed, line ends become newlines, and Unicode blanks become spaces.
  static func utf8(_ bytes: [UInt8]) -> [UInt8] {
    let text = utf16(bytes) ?? bytes
    guard text.contains(where: { $0 == 0x1b || $0 == .carriageReturn || $0 == 0 || $0 >= 0xc2 }) else {
      return text
    }
    return cleaned(text)
  }

  /// UTF-16 with a byte order mark, or with zeros in every other of the first bytes.
  private static func utf16(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 2 else { return nil }
    let start = bytes.prefix(64)
    let zeros = (0...1).map { side in start.enumerated().count { $0.offset % 2 == side && $0.element == 0 } }
    let isBig: Bool
    switch (bytes[0], bytes[1]) {
    case (0xff, 0xfe): isBig = false
    case (0xfe, 0xff): isBig = true
    default:
      guard zeros.contains(where: { $0 * 3 > start.count }) else { return nil }
      isBig = zeros[0] > zeros[1]
    }
    let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      return isBig ? first << 8 | second : second << 8 | first
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private static func cleaned(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.first {
      if let (length, blank) = blank(rest) {
        if blank { result.append(.space) }
        rest = rest.dropFirst(length)
      } else if byte == 0x1b {
        rest = rest.dropFirst(escapeLength(rest))
      } else if byte == .carriageReturn {
        rest = rest.dropFirst()
        if rest.first != .newline { result.append(.newline) }
      } else {
        if byte != 0 { result.append(byte) }
        rest = rest.dropFirst()
      }
    }
    return result
  }

  /// The length of a Unicode blank or zero-width character at the beginning, and true if it is visible as a blank.
  private static func blank(_ rest: ArraySlice<UInt8>) -> (length: Int, isBlank: Bool)? {
    let next = Array(rest.prefix(3))
    guard next.count >= 2, next[0] >= 0xc2 else { return nil }
    if next[0] == 0xc2, next[1] == 0xa0 { return (2, true) }
    guard next.count == 3 else { return nil }
    switch (next[0], next[1], next[2]) {
    case (0xe2, 0x80, 0x80...0x8a), (0xe2, 0x80, 0xaf), (0xe3, 0x80, 0x80): return (3, true)
    case (0xe2, 0x80, 0x8b...0x8f), (0xef, 0xbb, 0xbf), (0xe2, 0x81, 0xa0): return (3, false)
    default: return nil
    }
  }

  /// The length of an ANSI escape sequence (ECMA-48): CSI with parameters, OSC up to its end, or two bytes.
  private static func escapeLength(_ rest: ArraySlice<UInt8>) -> Int {
    let bytes = rest.prefix(256).dropFirst()
    switch bytes.first {
    case .leftBracket:
      let end = bytes.dropFirst().firstIndex { (0x40...0x7e).contains($0) }
      return end.map { $0 - rest.startIndex + 1 } ?? 2
    case .rightBracket:
      let end = bytes.firstIndex { $0 == 0x07 || $0 == .backslash || $0 == .newline }
      return end.map { $0 - rest.startIndex + (bytes[$0] == .newline ? 0 : 1) } ?? 2
    case .newline?, nil: return 1
    default: return 2
    }
  }
}
