extension FixedWidthInteger {
  /// Reads plain decimal digits: no sign, no blanks, no leading zero.
  ///
  /// Swift's own initializer takes `+80` and `0080`; `iptables` reads the latter as octal. Neither may slip
  /// through, so what is ambiguous is no number here.
  init?(decimal text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      text == "0" || text.utf8.first != UInt8(ascii: "0"), let value = Self(text)
    else { return nil }
    self = value
  }
}
