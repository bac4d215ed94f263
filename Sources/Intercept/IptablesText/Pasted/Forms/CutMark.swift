import NetworkValues

/// A mark that a logger puts after a text which it shortened: `...`, `(truncated)`, `<truncated 512 bytes>`.
enum CutMark {
  private static let brackets: [UInt8: UInt8] = [
    .rightBracket: .leftBracket, UInt8(ascii: ")"): UInt8(ascii: "("), UInt8(ascii: ">"): UInt8(ascii: "<"),
  ]

  /// True if the mark ends a text.
  static func ends(_ text: Substring) -> Bool {
    if text.hasSuffix("...") || text.hasSuffix("…") { return true }
    guard let last = text.utf8.last, let opening = brackets[last],
      let start = text.utf8.lastIndex(of: opening)
    else { return false }
    return text[start...].hasBytes("truncated")
  }
}
