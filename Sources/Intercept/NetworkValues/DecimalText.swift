extension FixedWidthInteger {
  /// Reads plain decimal digits: no sign, no blanks, no leading zero.
  ///
  /// Swift's own initializer takes `+80` and `0080`; `iptables` reads the latter as octal. Neither may slip
  /// through, so what is ambiguous is no number here.
  package init?(decimal text: some StringProtocol) {
    self.init(decimal: Substring(text).utf8.span)
  }

  /// Reads the same from bytes.
  package init?(decimal text: Span<UInt8>) {
    var value: Self = 0
    for index in text.indices {
      // A second digit behind a zero would be an octal number.
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]), value > 0 || index == 0,
        let longer = value.appending(digit: Self(truncatingIfNeeded: text[index] - UInt8(ascii: "0")))
      else { return nil }
      value = longer
    }
    guard !text.isEmpty else { return nil }
    self = value
  }

  /// The number with one more digit; nil if it has no room for that.
  private func appending(digit: Self) -> Self? {
    let (shifted, isTooLarge) = multipliedReportingOverflow(by: 10)
    let (sum, isTooLargeBySum) = shifted.addingReportingOverflow(digit)
    return isTooLarge || isTooLargeBySum ? nil : sum
  }
}
