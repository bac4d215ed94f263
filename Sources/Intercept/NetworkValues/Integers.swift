/// Integers from text.
extension FixedWidthInteger {
  /// Reads plain decimal digits: no sign, no blanks, no leading zero.
  ///
  /// Swift's own initializer accepts `+80` and `0080`; `iptables` reads the latter as octal. Ambiguous spellings are
  /// refused here.
  @inlinable package init?(decimal text: some StringProtocol) {
    self.init(decimal: Substring(text).utf8.span)
  }

  /// Reads plain decimal digits from bytes.
  @inlinable package init?(decimal text: Span<UInt8>) {
    var value: Self = 0
    for index in text.indices {
      // A digit after a leading zero would be octal.
      guard text[index].isDigit, value > 0 || index == 0,
        let longer = value.appending(digit: text[index] - .digitZero, base: 10)
      else { return nil }
      value = longer
    }
    guard !text.isEmpty else { return nil }
    self = value
  }

  /// Reads a number as C's `strtoul` does with base 0: `80`, `0x50`, `0120`; no sign, no blanks.
  @inlinable package init?(cText text: some StringProtocol) {
    let bytes = text.utf8
    guard bytes.first == .digitZero, bytes.count > 1 else {
      self.init(digits: bytes, base: 10)
      return
    }
    let digits = bytes.dropFirst()
    if digits.first?.uppercased == .letterX {
      self.init(digits: digits.dropFirst(), base: 16)
    } else {
      self.init(digits: digits, base: 8)
    }
  }

  /// Reads digits of a base; nil if there are none.
  @inlinable package init?(digits: some Collection<UInt8>, base: UInt8) {
    guard !digits.isEmpty else { return nil }
    var value: Self = 0
    for byte in digits {
      guard let digit = byte.digitValue, digit < base, let longer = value.appending(digit: digit, base: base)
      else { return nil }
      value = longer
    }
    self = value
  }

  /// The number with one more digit; nil on overflow.
  @inlinable package func appending(digit: UInt8, base: UInt8) -> Self? {
    let (shifted, isTooLong) = multipliedReportingOverflow(by: Self(truncatingIfNeeded: base))
    let (sum, isTooLarge) = shifted.addingReportingOverflow(Self(truncatingIfNeeded: digit))
    return isTooLong || isTooLarge ? nil : sum
  }
}

/// Integers from bytes.
extension UInt128 {
  /// Reads up to sixteen bytes in network byte order.
  @inlinable package init(bigEndianBytes bytes: some Sequence<UInt8>) {
    self = bytes.reduce(0) { $0 << 8 | UInt128($1) }
  }

  /// The lowest bytes of the number in network byte order.
  @inlinable package func bigEndianBytes(_ count: Int) -> [UInt8] {
    stride(from: 8 * (count - 1), through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}
