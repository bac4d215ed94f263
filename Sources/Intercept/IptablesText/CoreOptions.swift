import NetworkValues
import RuleModel

/// The options of iptables itself, and the errors of their arguments.
extension RuleReader {
  /// Reads a core option, spelled as `name`.
  mutating func read(_ syntax: CoreSyntax, as name: String, attached: String?) throws(ParseError) {
    let index = next - 1
    current = nil
    if syntax.argument == .none, attached != nil {
      throw parseError(at: index, "'\(name)' takes no argument")
    }
    switch syntax.option {
    case .command(let command): try read(command, as: name, attached: attached)
    case .source:
      try refuseSecond(name, !header.sources.isEmpty)
      header.sources = try addresses(as: name, attached: attached, "-s", Match.source)
    case .destination:
      try refuseSecond(name, !header.destinations.isEmpty)
      header.destinations = try addresses(as: name, attached: attached, "-d", Match.destination)
    case .inInterface:
      try refuseSecond(name, header.inInterface != nil)
      header.inPosition = words[index].bytes.lowerBound
      header.inInterface = try interface(as: name, attached: attached, "-i", Match.inInterface)
    case .outInterface:
      try refuseSecond(name, header.outInterface != nil)
      header.outPosition = words[index].bytes.lowerBound
      header.outInterface = try interface(as: name, attached: attached, "-o", Match.outInterface)
    case .proto: try readProtocol(as: name, attached: attached)
    case .fragment: try readFragment(as: name)
    case .match: try readMatch(as: name, attached: attached)
    case .jump: try readTarget(as: name, attached: attached)
    case .goto: try readGoto(as: name, attached: attached)
    case .counters: try readCounters(as: name, attached: attached)
    case .family(let family): line.isForOtherFamily = family != context.family
    case .ignored: break
    case .misplaced: throw parseError(at: index, "'\(name)' is not allowed in a file of rules")
    }
  }

  private func refuseSecond(_ name: String, _ isGiven: Bool) throws(ParseError) {
    if isGiven { throw parseError(at: next - 1, "'\(name)' is given twice") }
  }

  private mutating func readProtocol(as name: String, attached: String?) throws(ParseError) {
    try refuseSecond(name, header.proto != nil)
    let word = try argument(of: name, attached: attached)
    guard let proto = IPProtocol(word.text, names: context.names) else {
      throw ParseError(word, name, wants: "a protocol's name or number 0-255")
    }
    let isNegated = takeNegation()
    if isNegated, proto == .any { throw ParseError(word, "'! -p all' matches no packet") }
    header.proto = isNegated ? .not(proto) : .is(proto)
    context.proto = header.proto
  }

  private mutating func readFragment(as name: String) throws(ParseError) {
    guard context.family == .ipv4 else { throw parseError(at: next - 1, "IPv6 has no '\(name)'") }
    try refuseSecond(name, header.fragment != nil)
    header.fragment = .opaque(OpaqueMatch(takeNegation() ? "! -f" : "-f"))
  }

  private mutating func interface(
    as name: String, attached: String?, _ letter: String, _ match: (Condition<InterfacePattern>) -> Match
  ) throws(ParseError) -> Match {
    let word = try argument(of: name, attached: attached)
    guard (1...InterfacePattern.longest).contains(word.text.utf8.count) else {
      throw ParseError(word, name, wants: "an interface's name of 1-\(InterfacePattern.longest) bytes")
    }
    let isNegated = takeNegation()
    guard let pattern = InterfacePattern(word.text) else {
      return opaque(letter, word.text, isNegated: isNegated)
    }
    return match(isNegated ? .not(pattern) : .is(pattern))
  }

  /// A header option with an argument that the model cannot represent.
  func opaque(_ letter: String, _ argument: String, isNegated: Bool) -> Match {
    .opaque(OpaqueMatch("\(isNegated ? "! " : "")\(letter) \(argument.asWord)"))
  }

  /// `-c 12 720`, `-c 12,720`.
  private mutating func readCounters(as name: String, attached: String?) throws(ParseError) {
    let word = try argument(of: name, attached: attached)
    if takeNegation() { throw ParseError(word, "'\(name)' cannot be negated") }
    let parts = word.text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    let bytes = parts.count == 2 ? String(parts[1]) : optionalArgument(attached: nil)?.text
    guard let packets = UInt64(cText: parts[0]), let bytes = bytes.flatMap({ UInt64(cText: $0) }) else {
      throw ParseError(word, name, wants: "a number of packets and one of bytes")
    }
    header.counters = Counters(packets: packets, bytes: bytes)
  }
}

/// Addresses.
extension RuleReader {
  /// One match per address of a list.
  private mutating func addresses(
    as name: String, attached: String?, _ letter: String, _ match: (Condition<CIDR>) -> Match
  ) throws(ParseError) -> [Match] {
    let word = try argument(of: name, attached: attached)
    let isNegated = takeNegation()
    guard word.text.utf8.contains(.comma) else {
      return [try address(word.text[...], of: word, as: name, letter, isNegated: isNegated, match)]
    }
    if isNegated { throw ParseError(word, "a list of addresses cannot be negated") }
    var matches: [Match] = []
    for item in word.text.split(separator: ",", omittingEmptySubsequences: false) {
      matches.append(try address(item, of: word, as: name, letter, isNegated: false, match))
    }
    return matches
  }

  private func address(
    _ text: Substring, of word: Token, as name: String, _ letter: String, isNegated: Bool,
    _ match: (Condition<CIDR>) -> Match
  ) throws(ParseError) -> Match {
    do throws(ExtensionProblem) {
      let block = try CIDR(text, family: context.family)
      return match(isNegated ? .not(block) : .is(block))
    } catch .notModelled {
      guard let holed = CIDR.holedText(text, family: context.family) else {
        throw ParseError(word, name, wants: "an address")
      }
      return opaque(letter, holed, isNegated: isNegated)
    } catch .wants(let wanted) {
      throw ParseError(word, "'\(name)' needs \(wanted), not '\(text)'")
    } catch .otherFamily(let wanted) {
      throw ParseError(word, name, wantsFamily: wanted)
    } catch {
      throw ParseError(word, name, wants: "an address")
    }
  }
}

/// Commands, matches and targets.
extension RuleReader {
  mutating func read(_ command: CommandOption, as name: String, attached: String?) throws(ParseError) {
    let option = next - 1
    if takeNegation() { throw parseError(at: option, "'\(name)' cannot be negated") }
    guard line.command == nil else { throw parseError(at: option, "a line holds one command") }
    line.command = command
    line.position = words[option].bytes.lowerBound
    switch command {
    case .flush, .deleteChain, .zero: line.chain = optionalArgument(attached: attached)
    case .append, .newChain: line.chain = try argument(of: name, attached: attached)
    case .insert, .delete, .replace:
      line.chain = try argument(of: name, attached: attached)
      line.number = try number()
      if command == .replace, line.number == nil {
        throw parseError(at: option, "'\(name)' needs a rule's number")
      }
    case .policy, .renameChain:
      line.chain = try argument(of: name, attached: attached)
      line.argument = try argument(of: name, attached: nil)
    }
  }

  /// A rule's number, unless the next word is an option.
  private mutating func number() throws(ParseError) -> Int? {
    guard let word = optionalArgument(attached: nil) else { return nil }
    guard let number = Int32(cText: word.text), number > 0 else {
      throw ParseError(word, "rule numbers start at 1, not at '\(word.text)'")
    }
    return Int(number)
  }

  mutating func readMatch(as name: String, attached: String?) throws(ParseError) {
    let option = next - 1
    let word = try argument(of: name, attached: attached)
    if takeNegation() { throw parseError(at: option, "'\(name)' cannot be negated, only options can") }
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

  /// The name after `-j` or `-g`; a rule has one of them.
  private mutating func targetName(as name: String, attached: String?) throws(ParseError) -> Token {
    let option = next - 1
    let word = try argument(of: name, attached: attached)
    if takeNegation() { throw parseError(at: option, "'\(name)' cannot be negated") }
    guard header.target == nil, !items.contains(where: { $0.kind == .target }) else {
      throw parseError(at: option, "a rule has one target")
    }
    return word
  }

  /// Starts a match or target.
  mutating func start(_ item: RuleItem) {
    items.append(item)
    current = items.count - 1
  }
}

extension ParseError {
  init(_ word: Token, _ reason: String, isWithoutEffect: Bool = false) {
    self.init(word.bytes.lowerBound, reason, isWithoutEffect: isWithoutEffect)
  }

  init(_ word: Token, _ option: String, wantsFamily wanted: IPFamily) {
    let reason = "'\(option)' needs an \(wanted) address, not '\(word.text)'"
    self.init(word.bytes.lowerBound, reason, isOtherFamily: true)
  }

  /// `'--dport' needs a port 0-65535, not 'eighty'`.
  init(_ word: Token, _ option: String, wants wanted: String) {
    self.init(word, "'\(option)' needs \(wanted), not '\(word.text)'")
  }
}
