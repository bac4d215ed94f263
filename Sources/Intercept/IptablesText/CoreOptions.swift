import NetworkValues
import RuleModel

/// The options of iptables itself.
extension RuleReader {
  /// Reads a core option, spelled as `name`.
  mutating func read(_ syntax: CoreSyntax, as name: String, attached: String?) throws(ParseError) {
    let index = next - 1
    current = nil
    if syntax.argument == .none, attached != nil {
      throw complaint(at: index, "'\(name)' takes no argument")
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
    case .misplaced: throw complaint(at: index, "'\(name)' has no place in a file of rules")
    }
  }

  private func refuseSecond(_ name: String, _ isGiven: Bool) throws(ParseError) {
    if isGiven { throw complaint(at: next - 1, "'\(name)' is given twice") }
  }

  private mutating func readProtocol(as name: String, attached: String?) throws(ParseError) {
    try refuseSecond(name, header.proto != nil)
    let word = try argument(of: name, attached: attached)
    guard let proto = IPProtocol(word.text, names: context.names) else {
      throw ParseError(word, name, wants: "a protocol's name or number 0-255")
    }
    let isNegated = takeNegation()
    if isNegated, proto == .any { throw ParseError(word, "no packet is of a protocol other than all") }
    header.proto = isNegated ? .not(proto) : .is(proto)
    context.proto = header.proto
  }

  private mutating func readFragment(as name: String) throws(ParseError) {
    guard context.family == .ipv4 else { throw complaint(at: next - 1, "IPv6 has no '\(name)'") }
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

  /// An option of the header with an argument that the model's values cannot hold.
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
  /// One match for each address of a list.
  private mutating func addresses(
    as name: String, attached: String?, _ letter: String, _ match: (Condition<CIDR>) -> Match
  ) throws(ParseError) -> [Match] {
    let word = try argument(of: name, attached: attached)
    let isNegated = takeNegation()
    guard word.text.utf8.contains(UInt8(ascii: ",")) else {
      return [try address(word.text[...], of: word, as: name, letter, isNegated: isNegated, match)]
    }
    if isNegated { throw ParseError(word, "'!' goes with one address, not with a list") }
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
      throw ParseError(word, "'\(name)' wants \(wanted), not '\(text)'")
    } catch .otherFamily(let wanted) {
      throw ParseError(word, name, wantsFamily: wanted)
    } catch {
      throw ParseError(word, name, wants: "an address")
    }
  }
}

extension ParseError {
  init(_ word: Token, _ reason: String) {
    self.init(word.bytes.lowerBound, reason)
  }

  init(_ word: Token, _ option: String, wantsFamily wanted: IPFamily) {
    let reason = "'\(option)' wants an \(wanted) address, not '\(word.text)'"
    self.init(word.bytes.lowerBound, reason, isOtherFamily: true)
  }

  /// `'--dport' wants a port 0-65535, not 'eighty'`.
  init(_ word: Token, _ option: String, wants wanted: String) {
    self.init(word, "'\(option)' wants \(wanted), not '\(word.text)'")
  }
}
