import NetworkValues

/// The position and kind of a word of a line, as `iptables-restore` splits lines.
///
/// The word's text is made on demand: most words of a large dump are never needed as text.
struct TokenPosition {
  /// The kind of a word. A word with quotes is an argument, unless no option needs one at its position.
  enum Kind {
    /// The `!` of a negation.
    case bang
    /// `-p`, `-ptcp`.
    case letters
    /// `--protocol`, `--protocol=tcp`.
    case name
    case argument
  }

  /// The word's position in the text, quotes included.
  let bytes: Range<Int>
  let kind: Kind
  let hasQuotes: Bool
}

/// A word and its text without quotes and escapes.
struct Token {
  let text: String
  /// The word's position in the text, quotes included.
  let bytes: Range<Int>
}

extension [UInt8] {
  /// Maximum number of words in a line, five times that of the longest rule that nf_tables accepts. The time to read a
  /// line grows with the square of its matches.
  private static var maximumWords: Int { 4096 }

  /// Splits a line into words at blanks and tabs.
  ///
  /// As in iptables' `add_param_to_argv`, double quotes enclose blanks, and the closing quote ends the word; a backslash
  /// escapes the next byte between quotes only.
  func words(of line: Range<Int>, into words: inout [TokenPosition]) throws(ParseError) {
    words.removeAll(keepingCapacity: true)
    var position = line.lowerBound
    while position < line.upperBound {
      if self[position].isBlank {
        position += 1
      } else {
        let word = try word(from: position, to: line.upperBound)
        guard words.count < Self.maximumWords else {
          throw ParseError(position, "the line has more than \(Self.maximumWords) words")
        }
        words.append(word)
        position = word.bytes.upperBound
      }
    }
  }

  private func word(from start: Int, to end: Int) throws(ParseError) -> TokenPosition {
    var stop = start
    while stop < end, !self[stop].isBlank {
      if self[stop] == .doubleQuote { return try quotedWord(from: start, quote: stop, to: end) }
      stop += 1
    }
    return TokenPosition(bytes: start..<stop, kind: kind(of: start..<stop), hasQuotes: false)
  }

  private func kind(of word: Range<Int>) -> TokenPosition.Kind {
    switch self[word.lowerBound] {
    case .exclamationMark: word.count == 1 ? .bang : .argument
    case .hyphen where word.count > 1:
      self[word.lowerBound + 1] == .hyphen ? .name : .letters
    default: .argument
    }
  }

  /// A word with a quote at `quote`.
  private func quotedWord(from start: Int, quote: Int, to end: Int) throws(ParseError) -> TokenPosition {
    var position = quote + 1
    while position < end, self[position] != .doubleQuote {
      position += self[position] == .backslash && position + 1 < end ? 2 : 1
    }
    guard position < end else { throw ParseError(quote, "the quote that opens here is never closed") }
    return TokenPosition(bytes: start..<position + 1, kind: .argument, hasQuotes: true)
  }
}

/// Texts of words.
extension [UInt8] {
  /// The option or `!` in a quoted word, which iptables accepts; nil for other words.
  func bare(_ word: TokenPosition) -> TokenPosition? {
    let inside = word.bytes.dropFirst().dropLast()
    guard word.hasQuotes, !inside.isEmpty, self[word.bytes.lowerBound] == .doubleQuote,
      !self[inside].contains(.backslash)
    else { return nil }
    let bare = TokenPosition(bytes: inside, kind: kind(of: inside), hasQuotes: false)
    return bare.kind == .argument ? nil : bare
  }

  /// A range of the bytes as text.
  func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }

  func word(_ position: TokenPosition) -> Token {
    Token(text: position.hasQuotes ? unquoted(position.bytes) : text(position.bytes), bytes: position.bytes)
  }

  /// The text of a word that ends with a quote.
  private func unquoted(_ word: Range<Int>) -> String {
    let end = word.upperBound - 1
    let quote = self[word].firstIndex(of: .doubleQuote) ?? end
    let isPlain = quote == word.lowerBound && !self[word].contains(.backslash)
    if isPlain { return text(quote + 1..<end) }
    var content = Array(self[word.lowerBound..<quote])
    var position = quote + 1
    while position < end {
      if self[position] == .backslash { position += 1 }
      content.append(self[position])
      position += 1
    }
    return String(decoding: content, as: UTF8.self)
  }
}

extension Counters {
  /// Reads `[12:720]` at the beginning of a line, and sets `end` to the byte after it.
  init(in bytes: [UInt8], line: Range<Int>, end: inout Int) throws(ParseError) {
    guard let bracket = bytes[line].firstIndex(of: .rightBracket) else {
      throw ParseError(line.lowerBound, "']' is missing after the counters")
    }
    guard let counters = Counters(bytes[line.lowerBound...bracket]) else {
      throw ParseError(line.lowerBound, "counters have the form '[12:720]'")
    }
    self = counters
    end = bracket + 1
  }

  /// Reads `[12:720]`.
  init?(_ text: ArraySlice<UInt8>) {
    guard text.count >= 2, text.first == .leftBracket, text.last == .rightBracket,
      let colon = text.firstIndex(of: .colon),
      let packets = UInt64(digits: text[text.startIndex + 1..<colon], base: 10),
      let bytes = UInt64(digits: text[colon + 1..<text.endIndex - 1], base: 10)
    else { return nil }
    self.init(packets: packets, bytes: bytes)
  }
}
