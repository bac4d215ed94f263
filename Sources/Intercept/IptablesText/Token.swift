import NetworkValues

/// A word of a line, as `iptables-restore` splits lines: where it stands, and what it looks like.
///
/// Its text is made only where somebody wants it: most words of a big dump are other people's.
struct TokenPosition {
  /// What a word looks like; one that has quotes is an argument, unless no option wants one where it stands.
  enum Kind {
    /// The `!` of a negation.
    case bang
    /// `-p`, `-ptcp`.
    case letters
    /// `--protocol`, `--protocol=tcp`.
    case name
    case argument
  }

  /// Where the word stands in the text, quotes included.
  let bytes: Range<Int>
  let kind: Kind
  let hasQuotes: Bool
}

/// A word with its text, quotes and escapes resolved.
struct Token {
  let text: String
  /// Where the word stands in the text, quotes included.
  let bytes: Range<Int>
}

extension [UInt8] {
  /// Five times what the longest rule has that nf_tables takes; without a limit, the time to read a line of a
  /// million matches would grow with their square.
  private static var mostWords: Int { 4096 }

  /// The words of a line, blanks and tabs between them.
  ///
  /// Double quotes hold blanks together and end a word where they end; a backslash means the next byte itself,
  /// but only between quotes. That is what `add_param_to_argv` of iptables does.
  func words(of line: Range<Int>, into words: inout [TokenPosition]) throws(ParseError) {
    words.removeAll(keepingCapacity: true)
    var position = line.lowerBound
    while position < line.upperBound {
      if self[position].isBlank {
        position += 1
      } else {
        let word = try word(from: position, to: line.upperBound)
        guard words.count < Self.mostWords else {
          throw ParseError(position, "a line has \(Self.mostWords) words at most")
        }
        words.append(word)
        position = word.bytes.upperBound
      }
    }
  }

  private func word(from start: Int, to end: Int) throws(ParseError) -> TokenPosition {
    var stop = start
    while stop < end, !self[stop].isBlank {
      if self[stop] == UInt8(ascii: "\"") { return try quotedWord(from: start, quote: stop, to: end) }
      stop += 1
    }
    return TokenPosition(bytes: start..<stop, kind: kind(of: start..<stop), hasQuotes: false)
  }

  private func kind(of word: Range<Int>) -> TokenPosition.Kind {
    switch self[word.lowerBound] {
    case UInt8(ascii: "!"): word.count == 1 ? .bang : .argument
    case UInt8(ascii: "-") where word.count > 1:
      self[word.lowerBound + 1] == UInt8(ascii: "-") ? .name : .letters
    default: .argument
    }
  }

  /// A word that has a quote in it, at `quote`.
  private func quotedWord(from start: Int, quote: Int, to end: Int) throws(ParseError) -> TokenPosition {
    var position = quote + 1
    while position < end, self[position] != UInt8(ascii: "\"") {
      position += self[position] == UInt8(ascii: "\\") && position + 1 < end ? 2 : 1
    }
    guard position < end else { throw ParseError(quote, "the quote that opens here is never closed") }
    return TokenPosition(bytes: start..<position + 1, kind: .argument, hasQuotes: true)
  }
}

/// Text.
extension [UInt8] {
  /// The option or the `!` that stands in quotes, which iptables does not mind; nil if it is something else.
  func bare(_ word: TokenPosition) -> TokenPosition? {
    let inside = word.bytes.dropFirst().dropLast()
    guard word.hasQuotes, !inside.isEmpty, self[word.bytes.lowerBound] == UInt8(ascii: "\""),
      !self[inside].contains(UInt8(ascii: "\\"))
    else { return nil }
    let bare = TokenPosition(bytes: inside, kind: kind(of: inside), hasQuotes: false)
    return bare.kind == .argument ? nil : bare
  }

  /// A part of the bytes, as text.
  func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }

  func word(_ place: TokenPosition) -> Token {
    Token(text: place.hasQuotes ? unquoted(place.bytes) : text(place.bytes), bytes: place.bytes)
  }

  /// The text of a word that ends with a quote.
  private func unquoted(_ word: Range<Int>) -> String {
    let end = word.upperBound - 1
    let quote = self[word].firstIndex(of: UInt8(ascii: "\"")) ?? end
    let isPlain = quote == word.lowerBound && !self[word].contains(UInt8(ascii: "\\"))
    if isPlain { return text(quote + 1..<end) }
    var content = Array(self[word.lowerBound..<quote])
    var position = quote + 1
    while position < end {
      if self[position] == UInt8(ascii: "\\") { position += 1 }
      content.append(self[position])
      position += 1
    }
    return String(decoding: content, as: UTF8.self)
  }
}
