extension FixedWidthInteger {
  /// Reads a number as C's `strtoul` does with base 0: `80`, `0x50`, `0120`; no sign, no blanks.
  package init?(cText text: some StringProtocol) {
    let bytes = text.utf8
    guard bytes.first == UInt8(ascii: "0"), bytes.count > 1 else {
      self.init(digits: bytes, base: 10)
      return
    }
    let digits = bytes.dropFirst()
    if digits.first == UInt8(ascii: "x") || digits.first == UInt8(ascii: "X") {
      self.init(digits: digits.dropFirst(), base: 16)
    } else {
      self.init(digits: digits, base: 8)
    }
  }

  /// Reads digits only; nil where there are none.
  package init?(digits: some Collection<UInt8>, base: Self) {
    guard !digits.isEmpty else { return nil }
    var value: Self = 0
    for byte in digits {
      guard let digit = byte.digitValue, digit < base else { return nil }
      let (shifted, isTooLong) = value.multipliedReportingOverflow(by: base)
      let (sum, isTooLarge) = shifted.addingReportingOverflow(Self(digit))
      guard !isTooLong, !isTooLarge else { return nil }
      value = sum
    }
    self = value
  }
}

extension UInt8 {
  /// The value of the byte as a digit, letters being the digits from ten on.
  fileprivate var digitValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
