/// The reasons of rules that became one: what they have in common, an ellipsis standing for the rest.
///
///     destinations in 10.0.0.0/8 are excluded from capture
///     destinations in 172.16.0.0/12 are excluded from capture
///     destinations in … are excluded from capture
struct ReasonSummary {
  /// The summary in one line; nil where nobody gave a reason.
  let text: String?

  init(_ reason: String?) {
    text = reason
  }

  /// The summary of both; nil if they are about different things.
  func joined(with other: ReasonSummary) -> ReasonSummary? {
    guard let text, let otherText = other.text else { return text == other.text ? self : nil }
    let (mine, others) = (text.utf8.span, otherText.utf8.span)
    let front = mine.commonFront(others)
    if front == mine.count, front == others.count { return self }
    let back = mine.commonBack(others, behind: front)
    // Another of many reasons, which adds nothing to their summary.
    if mine.isEllipsis(front..<mine.count - back) { return self }
    guard mine.words(in: 0..<front) + mine.words(in: mine.count - back..<mine.count) >= 3 else { return nil }
    let words = text.utf8
    return ReasonSummary("\(Substring(words.prefix(front)))…\(Substring(words.suffix(back)))")
  }
}

/// Texts byte by byte: there may be thousands of reasons, and what separates words is ASCII.
extension Span<UInt8> {
  /// How many bytes at the front are the same in both, in whole words.
  fileprivate func commonFront(_ other: Span<UInt8>) -> Int {
    var count = 0
    while count < min(self.count, other.count), self[count] == other[count] { count += 1 }
    while !isWordBoundary(count) || !other.isWordBoundary(count) { count -= 1 }
    return count
  }

  /// How many bytes at the end are the same in both, in whole words that do not reach into the front.
  fileprivate func commonBack(_ other: Span<UInt8>, behind front: Int) -> Int {
    var count = 0
    let room = min(self.count, other.count) - front
    while count < room, self[self.count - count - 1] == other[other.count - count - 1] { count += 1 }
    while !isWordBoundary(self.count - count) || !other.isWordBoundary(other.count - count) { count -= 1 }
    return count
  }

  /// Whether there is an ellipsis and nothing else: U+2026.
  fileprivate func isEllipsis(_ range: Range<Int>) -> Bool {
    range.count == 3 && self[range.lowerBound] == 0xE2 && self[range.lowerBound + 1] == 0x80
      && self[range.lowerBound + 2] == 0xA6
  }

  fileprivate func words(in range: Range<Int>) -> Int {
    range.count { isLetter(self[$0]) && isWordBoundary($0) }
  }

  private func isWordBoundary(_ index: Int) -> Bool {
    index == 0 || index == count || isSeparator(self[index]) || isSeparator(self[index - 1])
  }

  private func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")")
      || byte == UInt8(ascii: ",")
  }

  /// Whether a word may begin so. Of what is not ASCII, 0xE2 begins punctuation such as the ellipsis.
  private func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: byte >= 0x80 && byte != 0xE2
    }
  }
}
