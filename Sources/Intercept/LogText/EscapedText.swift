import NetworkValues

/// Escape sequences of strings of JSON, Go and logfmt.
package enum EscapedText {
  /// The text with one level of escapes removed: `\n`, `\t`, `\"`, `\\`, `\/`, `\u002d`; unknown ones are kept.
  package static func unescaped(_ text: Substring) -> String {
    let bytes = text.utf8.span
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == .backslash {
        appendEscape(in: bytes, at: &position, to: &result)
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The string in double quotes at the beginning of a text, with its escapes; nil if there is none.
  package static func quoted(_ text: Substring) -> (content: Substring, rest: Substring)? {
    guard let content = text.dropping("\"") else { return nil }
    var isEscaped = false
    let end = content.utf8.firstIndex { byte in
      let isEnd = byte == .doubleQuote && !isEscaped
      isEscaped = byte == .backslash && !isEscaped
      return isEnd
    }
    return end.map { (content[..<$0], Substring(content.utf8[$0...].dropFirst())) }
  }

  /// Appends the character of an escape sequence.
  ///
  /// - Parameters:
  ///   - text: the text with the sequence.
  ///   - position: the place after the sequence's backslash; moves to the end of the sequence.
  ///   - bytes: the text without escapes.
  static func appendEscape(in text: Span<UInt8>, at position: inout Int, to bytes: inout [UInt8]) {
    guard position < text.count else { return bytes.append(.backslash) }
    let byte = text[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): bytes.append(.newline)
    case UInt8(ascii: "t"): bytes.append(.tab)
    case UInt8(ascii: "r"): bytes.append(.carriageReturn)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0c)
    case UInt8(ascii: "u"): bytes.append(contentsOf: String(scalar(in: text, at: &position)).utf8)
    case .doubleQuote, .singleQuote, .backslash, .slash: bytes.append(byte)
    default: bytes += [.backslash, byte]
    }
  }

  /// The character of `\uXXXX`, or of a surrogate pair of them.
  private static func scalar(in text: Span<UInt8>, at position: inout Int) -> Unicode.Scalar {
    guard let unit = codeUnit(in: text, at: &position) else { return "\u{FFFD}" }
    guard UTF16.isLeadSurrogate(unit), position + 1 < text.count, text[position] == .backslash,
      text[position + 1] == UInt8(ascii: "u")
    else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
    position += 2
    guard let other = codeUnit(in: text, at: &position), UTF16.isTrailSurrogate(other) else {
      return "\u{FFFD}"
    }
    return UTF16.decode(UTF16.EncodedScalar([unit, other]))
  }

  private static func codeUnit(in text: Span<UInt8>, at position: inout Int) -> UInt16? {
    guard position + 4 <= text.count,
      let unit = UInt16(digits: (0..<4).map { text[position + $0] }, base: 16)
    else { return nil }
    position += 4
    return unit
  }
}
