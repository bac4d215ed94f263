/// A word of a line, as `iptables-restore` splits lines.
struct Word {
  /// The word's text, quotes and escapes resolved.
  let text: String
  /// Where the word stands in the text, quotes included.
  let bytes: Range<Int>
  /// Whether any of it was quoted: such a word is an argument, never an option.
  let isQuoted: Bool

  /// Whether the word is the `!` of a negation.
  var isBang: Bool { !isQuoted && text == "!" }
}

extension [UInt8] {
  /// The words of a line, blanks and tabs between them.
  ///
  /// Double quotes hold blanks together and end a word where they end; a backslash means the next byte itself,
  /// but only between quotes. That is what `add_param_to_argv` of iptables does.
  func words(of line: Range<Int>, into words: inout [Word]) throws(Complaint) {
    words.removeAll(keepingCapacity: true)
    var start = line.lowerBound
    while let word = try word(from: start, to: line.upperBound) {
      words.append(word)
      start = word.bytes.upperBound
    }
  }

  private func word(from position: Int, to end: Int) throws(Complaint) -> Word? {
    var start = position
    while start < end, self[start].isBlank { start += 1 }
    guard start < end else { return nil }
    var stop = start
    while stop < end, !self[stop].isBlank {
      if self[stop] == UInt8(ascii: "\"") { return try quotedWord(from: start, quote: stop, to: end) }
      stop += 1
    }
    return Word(text: text(start..<stop), bytes: start..<stop, isQuoted: false)
  }

  /// A word that has a quote in it, at `quote`.
  private func quotedWord(from start: Int, quote: Int, to end: Int) throws(Complaint) -> Word {
    var content = Array(self[start..<quote])
    var position = quote + 1
    while position < end, self[position] != UInt8(ascii: "\"") {
      if self[position] == UInt8(ascii: "\\"), position + 1 < end { position += 1 }
      content.append(self[position])
      position += 1
    }
    guard position < end else { throw Complaint(quote, "the quote that opens here is never closed") }
    return Word(text: String(decoding: content, as: UTF8.self), bytes: start..<position + 1, isQuoted: true)
  }

  /// A part of the bytes, as text.
  func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }
}

extension UInt8 {
  /// A blank, a tab or a carriage return.
  var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\r") }
}
