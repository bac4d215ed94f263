/// A position in the tokens of a rule.
struct NftCursor {
  private(set) var rest: ArraySlice<NftToken>

  init(_ tokens: ArraySlice<NftToken>) {
    rest = tokens
  }

  var first: NftToken? { rest.first }

  var isAtEnd: Bool { rest.isEmpty }

  /// Consumes the next token.
  @discardableResult
  mutating func take() -> NftToken? { rest.popFirst() }

  /// Consumes a word; false if the next token is another.
  mutating func take(_ word: String) -> Bool {
    guard rest.first?.isWord(word) == true else { return false }
    rest.removeFirst()
    return true
  }

  /// Consumes a single character; false if the next token is another.
  mutating func takeMark(_ mark: String) -> Bool {
    guard rest.first?.isMark(mark) == true else { return false }
    rest.removeFirst()
    return true
  }

  /// Consumes words in order; false, with none consumed, if other tokens follow.
  mutating func take(words: String...) -> Bool {
    guard rest.count >= words.count, zip(rest, words).allSatisfy({ $0.isWord($1) }) else { return false }
    rest = rest.dropFirst(words.count)
    return true
  }

  /// Consumes the text of a word or of a quoted string.
  mutating func takeText() -> String? {
    guard let first = rest.first, first.kind == .word || first.kind == .quoted else { return nil }
    rest.removeFirst()
    return first.text
  }

  /// Consumes tokens up to the first of a kind outside braces and parentheses; all of them if there is none.
  mutating func take(upTo isEnd: (NftToken) -> Bool) -> ArraySlice<NftToken> {
    var depth = 0
    let end =
      rest.firstIndex { token in
        if depth == 0, isEnd(token) { return true }
        if token.isMark("{") || token.isMark("(") { depth += 1 }
        if token.isMark("}") || token.isMark(")") { depth -= 1 }
        return false
      } ?? rest.endIndex
    defer { rest = rest[end...] }
    return rest[..<end]
  }

  /// Consumes a block in braces and returns its contents, without line ends; nil if there is no complete one.
  mutating func takeBraces() -> ArraySlice<NftToken>? {
    var cursor = self
    guard cursor.takeMark("{") else { return nil }
    let contents = cursor.take { $0.isMark("}") }
    guard cursor.takeMark("}") else { return nil }
    self = cursor
    return contents
  }
}

extension ArraySlice<NftToken> {
  /// The parts between commas outside braces and parentheses, without line ends; empty ones are left out.
  var commaSeparated: [ArraySlice<NftToken>] {
    var cursor = NftCursor(filter { $0.kind != .newline && $0.kind != .comment }[...])
    var parts: [ArraySlice<NftToken>] = []
    while !cursor.isAtEnd {
      let part = cursor.take { $0.isMark(",") }
      if !part.isEmpty { parts.append(part) }
      cursor.take()
    }
    return parts
  }
}
