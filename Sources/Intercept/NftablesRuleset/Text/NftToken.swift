import NetworkValues

/// A token of a listing of nf_tables rules.
struct NftToken: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case word
    /// Text in double quotes, without them.
    case quoted
    /// One of `{ } , ; ( )`.
    case mark
    case newline
    /// Text after `#`.
    case comment
  }

  let kind: Kind
  let text: String
  /// Number of the line, from 1.
  let line: Int
  /// True if a blank precedes the token.
  let isSpaced: Bool

  func isMark(_ text: String) -> Bool { kind == .mark && self.text == text }

  func isWord(_ text: String) -> Bool { kind == .word && self.text == text }

  /// The token as written.
  var source: String { kind == .quoted ? "\"\(text)\"" : text }
}

extension NftToken {
  /// The tokens of a text. A backslash at the end of a line continues it.
  static func tokens(of bytes: some Collection<UInt8>) -> [NftToken] {
    var scanner = NftScanner(rest: Array(bytes)[...])
    var tokens: [NftToken] = []
    while let token = scanner.next() { tokens.append(token) }
    return tokens
  }

  /// The tokens of one rule or statement.
  static func tokens(of text: String) -> [NftToken] { tokens(of: text.utf8) }
}

private struct NftScanner {
  var rest: ArraySlice<UInt8>
  private var line = 1

  init(rest: ArraySlice<UInt8>) {
    self.rest = rest
  }

  mutating func next() -> NftToken? {
    let isSpaced = skipBlanks()
    guard let first = rest.first else { return nil }
    let start = line
    func token(_ kind: NftToken.Kind, _ bytes: ArraySlice<UInt8>) -> NftToken {
      NftToken(kind: kind, text: String(decoding: bytes, as: UTF8.self), line: start, isSpaced: isSpaced)
    }
    switch first {
    case .newline:
      rest.removeFirst()
      line += 1
      return token(.newline, [])
    case .numberSign:
      rest.removeFirst()
      return token(.comment, take { $0 != .newline })
    case .doubleQuote:
      rest.removeFirst()
      let text = take { $0 != .doubleQuote && $0 != .newline }
      if rest.first == .doubleQuote { rest.removeFirst() }
      return token(.quoted, text)
    default:
      if first.isNftMark {
        rest.removeFirst()
        return token(.mark, [first])
      }
      return token(.word, take { !$0.isWhitespace && !$0.isNftMark && $0 != .doubleQuote })
    }
  }

  private mutating func take(while isPart: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let taken = rest.prefix(while: isPart)
    rest = rest[taken.endIndex...]
    return taken
  }

  /// Skips blanks and continued line ends; true if there were any.
  private mutating func skipBlanks() -> Bool {
    let start = rest.startIndex
    while let first = rest.first {
      if first.isBlank {
        rest.removeFirst()
      } else if first == .backslash, rest.dropFirst().first == .newline {
        rest.removeFirst(2)
        line += 1
      } else {
        break
      }
    }
    return rest.startIndex != start
  }
}

extension UInt8 {
  /// True for a character that is a token by itself.
  fileprivate var isNftMark: Bool {
    switch self {
    case .comma, UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ";"), UInt8(ascii: "("),
      UInt8(ascii: ")"):
      true
    default: false
    }
  }
}

extension Collection<NftToken> {
  /// The tokens in one line, with the figures of counters left out, as `nft -s` prints them.
  var nftText: String {
    var text = ""
    var tokens = self[...]
    while let token = tokens.popFirst() {
      if !text.isEmpty, token.isSpaced || token.kind == .newline, text.last != " " { text += " " }
      text += token.source
      if token.isWord("counter"), tokens.first?.isWord("packets") == true { tokens = tokens.dropFirst(4) }
    }
    return text.trimmingBlanks()
  }
}
