import RuleModel

/// Commands, matches and targets: the options that say what a line is about.
extension RuleReader {
  mutating func read(_ command: CommandOption, as name: String, attached: String?) throws(ParseError) {
    let option = next - 1
    if takeNegation() { throw complaint(at: option, "'\(name)' cannot be negated") }
    guard line.command == nil else { throw complaint(at: option, "a line holds one command") }
    line.command = command
    line.position = words[option].bytes.lowerBound
    switch command {
    case .flush, .deleteChain, .zero: line.chain = optionalArgument(attached: attached)
    case .append, .newChain: line.chain = try argument(of: name, attached: attached)
    case .insert, .delete, .replace:
      line.chain = try argument(of: name, attached: attached)
      line.number = try number()
      if command == .replace, line.number == nil {
        throw complaint(at: option, "'\(name)' wants a rule's number")
      }
    case .policy, .renameChain:
      line.chain = try argument(of: name, attached: attached)
      line.argument = try argument(of: name, attached: nil)
    }
  }

  /// A rule's number, if the next word is no option.
  private mutating func number() throws(ParseError) -> Int? {
    guard let word = optionalArgument(attached: nil) else { return nil }
    guard let number = Int32(cText: word.text), number > 0 else {
      throw ParseError(word, "a rule's number counts from 1; '\(word.text)' is none")
    }
    return Int(number)
  }

  mutating func readMatch(as name: String, attached: String?) throws(ParseError) {
    let option = next - 1
    let word = try argument(of: name, attached: attached)
    if takeNegation() { throw complaint(at: option, "'\(name)' cannot be negated, only options can") }
    let known = KnownExtensions.matches[word.text]
    guard known != nil || ChainName(word.text) != nil else {
      throw ParseError(word, name, wants: "the name of a match")
    }
    start(RuleItem(.match, name: word.text, position: word.bytes.lowerBound, known: known))
  }

  mutating func readTarget(as name: String, attached: String?) throws(ParseError) {
    let word = try targetName(as: name, attached: attached)
    switch word.text {
    case "ACCEPT": header.target = .accept
    case "DROP": header.target = .drop
    case "RETURN": header.target = .return
    case "CONTINUE": header.target = Target.none
    default:
      if let chain = table.chain(named: word.text) {
        header.target = .jump(chain)
      } else {
        try startTarget(word, as: name)
      }
    }
  }

  private mutating func startTarget(_ word: Token, as name: String) throws(ParseError) {
    let known = KnownExtensions.targets[word.text]
    guard known != nil || ChainName(word.text) != nil else {
      throw ParseError(word, name, wants: "the name of a chain or target")
    }
    start(RuleItem(.target, name: word.text, position: word.bytes.lowerBound, known: known))
  }

  mutating func readGoto(as name: String, attached: String?) throws(ParseError) {
    let word = try targetName(as: name, attached: attached)
    guard let chain = table.chain(named: word.text) ?? ChainName(word.text) else {
      throw ParseError(word, name, wants: "the name of a chain")
    }
    header.target = .goto(chain)
  }

  /// The name behind `-j` or `-g`; a rule has one of them.
  private mutating func targetName(as name: String, attached: String?) throws(ParseError) -> Token {
    let option = next - 1
    let word = try argument(of: name, attached: attached)
    if takeNegation() { throw complaint(at: option, "'\(name)' cannot be negated") }
    guard header.target == nil, !items.contains(where: { $0.kind == .target }) else {
      throw complaint(at: option, "a rule has one target")
    }
    return word
  }

  /// Begins a match or target.
  mutating func start(_ item: RuleItem) {
    items.append(item)
    current = items.count - 1
  }
}
