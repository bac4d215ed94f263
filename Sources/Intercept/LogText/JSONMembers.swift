import NetworkValues

/// The strings, numbers and words of a JSON text, unescaped, with their keys.
///
/// Members of nested objects count as members of the outermost one. The storage is reused for the next text.
package struct JSONMembers {
  /// A value that is neither an object nor a list. Its key and value are places in ``JSONMembers/bytes``.
  package struct Member {
    /// Empty for an element of a list, and for a value without an object around it.
    package let key: Range<Int>
    /// Empty for `null`.
    package let value: Range<Int>
    package let isString: Bool
    /// True for members of objects in a list, and for its elements.
    package let isInList: Bool
    /// The place of the value in the text.
    package let position: Int
  }

  /// Keys and values, one after the other.
  package private(set) var bytes: [UInt8] = []
  package private(set) var members: [Member] = []
  private var position = 0
  /// The number of lists around the present value.
  private var lists = 0

  /// Deepest nesting that is read.
  private static let deepest = 64
  private static let mostMembers = 100_000

  package init() {}

  /// Reads the value at the beginning of a text, which may have other text after it.
  ///
  /// - Parameter text: the text.
  /// - Returns: False if it does not begin with a complete value.
  package mutating func read(first text: Span<UInt8>) -> Bool {
    begin()
    return readValue(text, key: 0..<0, depth: 0)
  }

  /// Reads a text of objects, lists and strings, one after the other, with or without commas between them.
  ///
  /// - Parameter text: the text.
  /// - Returns: False if it is anything else.
  package mutating func read(all text: Span<UInt8>) -> Bool {
    begin()
    while let next = next(in: text) {
      guard next == .leftBrace || next == .leftBracket || next == .doubleQuote,
        readValue(text, key: 0..<0, depth: 0)
      else { return false }
      _ = take(.comma, in: text)
    }
    return true
  }

  private mutating func begin() {
    bytes.removeAll(keepingCapacity: true)
    members.removeAll(keepingCapacity: true)
    (position, lists) = (0, 0)
  }
}

/// Values.
extension JSONMembers {
  private mutating func readValue(_ text: Span<UInt8>, key: Range<Int>, depth: Int) -> Bool {
    guard depth < Self.deepest, members.count < Self.mostMembers, let next = next(in: text) else {
      return false
    }
    let start = position
    switch next {
    case .leftBrace: return readObject(text, depth)
    case .leftBracket: return readList(text, depth)
    default:
      let isString = next == .doubleQuote
      guard let value = isString ? string(in: text) : word(in: text) else { return false }
      members.append(Member(key: key, value: value, isString: isString, isInList: lists > 0, position: start))
      return true
    }
  }

  private mutating func readObject(_ text: Span<UInt8>, _ depth: Int) -> Bool {
    position += 1
    while !take(.rightBrace, in: text) {
      guard let key = string(in: text), take(.colon, in: text), readValue(text, key: key, depth: depth + 1),
        take(.comma, in: text) || next(in: text) == .rightBrace
      else { return false }
    }
    return true
  }

  private mutating func readList(_ text: Span<UInt8>, _ depth: Int) -> Bool {
    position += 1
    lists += 1
    while !take(.rightBracket, in: text) {
      guard readValue(text, key: 0..<0, depth: depth + 1),
        take(.comma, in: text) || next(in: text) == .rightBracket
      else { return false }
    }
    lists -= 1
    return true
  }
}

/// Words of the language.
extension JSONMembers {
  /// The next byte that is not whitespace; nil at the end.
  private mutating func next(in text: Span<UInt8>) -> UInt8? {
    while position < text.count, text[position].isWhitespace { position += 1 }
    return position < text.count ? text[position] : nil
  }

  /// Skips a byte and the whitespace before it; false if another one follows.
  private mutating func take(_ byte: UInt8, in text: Span<UInt8>) -> Bool {
    guard next(in: text) == byte else { return false }
    position += 1
    return true
  }

  /// Appends a string, unescaped; nil if it is not closed.
  private mutating func string(in text: Span<UInt8>) -> Range<Int>? {
    guard take(.doubleQuote, in: text) else { return nil }
    let start = bytes.count
    while position < text.count {
      let run = position
      while position < text.count, text[position] != .doubleQuote, text[position] != .backslash {
        position += 1
      }
      text.extracting(run..<position).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
      guard position < text.count else { return nil }
      position += 1
      if text[position - 1] == .doubleQuote { return start..<bytes.count }
      EscapedText.appendEscape(in: text, at: &position, to: &bytes)
    }
    return nil
  }

  /// Appends a number, `true` or `false`; nothing for `null`.
  private mutating func word(in text: Span<UInt8>) -> Range<Int>? {
    let start = bytes.count
    while position < text.count, text[position].isWordByte {
      bytes.append(text[position])
      position += 1
    }
    guard bytes.count > start else { return nil }
    if bytes[start] == UInt8(ascii: "n") { bytes.removeSubrange(start...) }
    return start..<bytes.count
  }
}

extension UInt8 {
  fileprivate static var leftBrace: UInt8 { 0x7b }
  fileprivate static var rightBrace: UInt8 { 0x7d }

  /// True for the bytes of a number, `true`, `false` and `null`.
  fileprivate var isWordByte: Bool {
    isDigit || isLowercase || self == .hyphen || self == .plus || self == .period || self == UInt8(ascii: "E")
  }
}
