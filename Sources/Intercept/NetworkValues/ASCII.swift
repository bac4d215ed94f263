/// ASCII characters that the languages of rules, addresses and options use.
extension UInt8 {
  @inlinable package static var tab: UInt8 { 0x09 }
  @inlinable package static var newline: UInt8 { 0x0a }
  @inlinable package static var carriageReturn: UInt8 { 0x0d }
  @inlinable package static var space: UInt8 { 0x20 }
  @inlinable package static var exclamationMark: UInt8 { 0x21 }
  @inlinable package static var doubleQuote: UInt8 { 0x22 }
  @inlinable package static var numberSign: UInt8 { 0x23 }
  @inlinable package static var singleQuote: UInt8 { 0x27 }
  @inlinable package static var asterisk: UInt8 { 0x2a }
  @inlinable package static var plus: UInt8 { 0x2b }
  @inlinable package static var comma: UInt8 { 0x2c }
  @inlinable package static var hyphen: UInt8 { 0x2d }
  @inlinable package static var period: UInt8 { 0x2e }
  @inlinable package static var slash: UInt8 { 0x2f }
  @inlinable package static var digitZero: UInt8 { 0x30 }
  @inlinable package static var digitNine: UInt8 { 0x39 }
  @inlinable package static var colon: UInt8 { 0x3a }
  @inlinable package static var equalsSign: UInt8 { 0x3d }
  @inlinable package static var letterX: UInt8 { 0x58 }
  @inlinable package static var leftBracket: UInt8 { 0x5b }
  @inlinable package static var backslash: UInt8 { 0x5c }
  @inlinable package static var rightBracket: UInt8 { 0x5d }
  @inlinable package static var delete: UInt8 { 0x7f }
}

/// Classes of bytes.
extension UInt8 {
  /// True for a space, a tab or a carriage return.
  @inlinable package var isBlank: Bool {
    self <= .space && (self == .space || self == .tab || self == .carriageReturn)
  }

  /// True for a blank or a newline.
  @inlinable package var isWhitespace: Bool { isBlank || self == .newline }

  /// True for every ASCII character that prints, and for bytes of longer UTF-8 sequences.
  @inlinable package var isPrintable: Bool { self >= .space && self != .delete }

  /// True for printable bytes that a name can have: no space, quote or backslash.
  @inlinable package var isNameByte: Bool {
    isPrintable && self != .space && self != .doubleQuote && self != .singleQuote && self != .backslash
  }

  @inlinable package var isDigit: Bool { self >= .digitZero && self <= .digitNine }
  @inlinable package var isUppercase: Bool { self >= 0x41 && self <= 0x5a }
  @inlinable package var isLowercase: Bool { self >= 0x61 && self <= 0x7a }

  /// The byte, in upper case if it is an ASCII letter.
  @inlinable package var uppercased: UInt8 { isLowercase ? self - 0x20 : self }

  /// The value of a digit or letter in a number: `a` and `A` are 10, `z` and `Z` are 35; nil for other bytes.
  @inlinable package var digitValue: UInt8? {
    if isDigit { return self - .digitZero }
    return uppercased.isUppercase ? uppercased - 0x41 + 10 : nil
  }
}

/// Trimming.
extension BidirectionalCollection<UInt8> {
  /// The bytes without whitespace at either end.
  @inlinable package func trimmingBlanks() -> SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return self[endIndex...] }
    return self[first...last]
  }
}

extension StringProtocol {
  /// The text without whitespace at either end.
  package func trimmingBlanks() -> String {
    String(Substring(Substring(self).utf8.trimmingBlanks()))
  }
}
