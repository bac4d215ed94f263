/// The reasons of rules that became one: what they have in common, an ellipsis standing for the rest.
///
///     destinations in 10.0.0.0/8 are excluded from capture
///     destinations in 172.16.0.0/12 are excluded from capture
///     destinations in … are excluded from capture
struct ReasonSummary {
  /// The words, blanks and brackets.
  private let tokens: [Substring]

  init(_ reason: String?) {
    tokens = reason.map(Self.tokens) ?? []
  }

  private init(tokens: [Substring]) {
    self.tokens = tokens
  }

  /// The summary in one line; nil where nobody gave a reason.
  var text: String? { tokens.isEmpty ? nil : tokens.joined() }

  /// The summary of both; nil if they are about different things.
  func joined(with other: ReasonSummary) -> ReasonSummary? {
    guard tokens != other.tokens else { return self }
    let front = zip(tokens, other.tokens).prefix { $0 == $1 }.count
    let room = min(tokens.count, other.tokens.count) - front
    let back = zip(tokens.reversed(), other.tokens.reversed()).prefix(room).prefix { $0 == $1 }.count
    let words = (tokens.prefix(front) + tokens.suffix(back)).count(where: \.isWord)
    guard words >= 3 else { return nil }
    return ReasonSummary(tokens: tokens.prefix(front) + ["…"] + tokens.suffix(back))
  }

  /// Byte by byte: there may be thousands of reasons, and what separates words is ASCII.
  private static func tokens(_ text: String) -> [Substring] {
    let bytes = text.utf8
    var tokens: [Substring] = []
    var start = text.startIndex
    for index in bytes.indices where isSeparator(bytes[index]) {
      if start < index { tokens.append(text[start..<index]) }
      let next = bytes.index(after: index)
      tokens.append(text[index..<next])
      start = next
    }
    return start < text.endIndex ? tokens + [text[start...]] : tokens
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")")
      || byte == UInt8(ascii: ",")
  }
}

extension Substring {
  fileprivate var isWord: Bool { first?.isLetter == true }
}
