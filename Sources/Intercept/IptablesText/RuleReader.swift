import NetworkValues
import RuleModel

/// Reads the words of one line of a table's section, as iptables reads its command line.
struct RuleReader {
  let bytes: [UInt8]
  let words: [TokenPosition]
  /// The line's table, as far as it has been read.
  let table: TableDraft
  var context: ReadingContext
  /// The index of the next word.
  var next = 0
  /// The index of a `!` that no option has used yet.
  var bang: Int?
  var line: RuleLine
  var header = RuleHeader()
  var items: [RuleItem] = []
  /// The index of the item whose options may follow.
  var current: Int?

  init(_ words: [TokenPosition], of bytes: [UInt8], in context: ReadingContext, table: TableDraft) {
    self.words = words
    self.bytes = bytes
    self.context = context
    self.table = table
    line = RuleLine(position: words.first?.bytes.lowerBound ?? 0)
  }

  /// Reads the line.
  mutating func read() throws(ParseError) -> RuleLine {
    while next < words.count, !line.isForOtherFamily {
      try readWord()
    }
    if line.isForOtherFamily { return line }
    if let bang { throw parseError(at: bang, "nothing to negate follows the '!'") }
    try finish()
    return line
  }

  private mutating func readWord() throws(ParseError) {
    next += 1
    try read(words[next - 1])
  }

  private mutating func read(_ word: TokenPosition) throws(ParseError) {
    switch word.kind {
    case .bang: try takeBang(next - 1)
    case .letters: try readLetters(word)
    case .name: try readName(word)
    case .argument: try readStray(word)
    }
  }

  /// A word in the place of an option: an argument of an opaque extension, an option in quotes, or a mistake.
  private mutating func readStray(_ word: TokenPosition) throws(ParseError) {
    if let current, items[current].isOpaque {
      keep(next - 1..<next, in: current)
    } else if let bare = bytes.bare(word) {
      try read(bare)
    } else {
      throw parseError(at: next - 1, "'\(bytes.word(word).text)' is not an option, nor the argument of one")
    }
  }

  /// `--name`, `--name=argument`.
  private mutating func readName(_ word: TokenPosition) throws(ParseError) {
    guard word.bytes.count > 2 else { throw parseError(at: next - 1, "'--' is not an option") }
    let end = bytes[word.bytes].firstIndex(of: .equalsSign) ?? word.bytes.upperBound
    let name = bytes.text(word.bytes.lowerBound..<end)
    let attached = end < word.bytes.upperBound ? bytes.text(end + 1..<word.bytes.upperBound) : nil
    // No modelled extension has an option with the name of a core option, so the faster lookup goes first.
    if let owner = owner(of: name) {
      try read(owner.option, of: owner.item, as: name, attached: attached)
    } else if let syntax = CoreSyntax.byName[name] {
      try read(syntax, as: name, attached: attached)
    } else {
      try readExtensionOption(name, attached: attached)
    }
  }

  /// `-p tcp`, `-ptcp`, and several letters without arguments: `-nv`.
  private mutating func readLetters(_ word: TokenPosition) throws(ParseError) {
    for position in word.bytes.lowerBound + 1..<word.bytes.upperBound {
      guard bytes[position] < 128, let syntax = CoreSyntax.byLetter[Int(bytes[position])] else {
        let text = bytes.text(word.bytes)
        // Letters before this one were read as options, so the word is not an argument.
        guard position == word.bytes.lowerBound + 1 else {
          throw parseError(at: next - 1, "'\(text)' contains a letter that is not an option")
        }
        return try readUnknown(text)
      }
      let rest = position + 1..<word.bytes.upperBound
      let takesRest = syntax.argument != .none && !rest.isEmpty
      try read(syntax, as: syntax.shortName, attached: takesRest ? bytes.text(rest) : nil)
      if syntax.argument != .none { return }
    }
  }

  /// Adds words to an item, with the `!` before them.
  mutating func keep(_ range: Range<Int>, in item: Int) {
    if let bang { items[item].add(bang..<bang + 1) }
    bang = nil
    items[item].add(range)
    current = item
  }
}

/// Arguments and negations.
extension RuleReader {
  /// Stores a `!` for the option that it negates.
  mutating func takeBang(_ index: Int) throws(ParseError) {
    guard bang == nil else { throw parseError(at: index, "'!' is given twice") }
    bang = index
  }

  /// The argument of an option: attached to it, or the next word. A `!` may precede it, as in iptables' old syntax.
  mutating func argument(of name: String, attached: String?) throws(ParseError) -> Token {
    if let attached { return Token(text: attached, bytes: words[next - 1].bytes) }
    if next < words.count, words[next].kind == .bang {
      try takeBang(next)
      next += 1
    }
    guard next < words.count else {
      throw ParseError(words.last?.bytes.upperBound ?? 0, "'\(name)' needs an argument, and the line ends")
    }
    next += 1
    return bytes.word(words[next - 1])
  }

  /// Returns true if the option is negated, and clears the stored `!`.
  mutating func takeNegation() -> Bool {
    defer { bang = nil }
    return bang != nil
  }

  /// The next word, unless it is an option.
  mutating func optionalArgument(attached: String?) -> Token? {
    if let attached { return Token(text: attached, bytes: words[next - 1].bytes) }
    guard next < words.count else { return nil }
    let word = bytes.word(words[next])
    guard let first = word.text.utf8.first, first != .hyphen, first != .exclamationMark else {
      return nil
    }
    next += 1
    return word
  }

  func parseError(at word: Int, _ reason: String) -> ParseError {
    ParseError(words[word].bytes.lowerBound, reason)
  }
}
