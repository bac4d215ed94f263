/// The options of iptables itself.
extension RuleReader {
  /// Reads a core option, spelled as `name`.
  mutating func read(_ syntax: CoreSyntax, as name: String, attached: String?) throws(Complaint) {
    let index = next - 1
    current = nil
    if syntax.argument == .none, attached != nil {
      throw complaint(at: index, "'\(name)' takes no argument")
    }
    switch syntax.option {
    case .command(let command): try read(command, as: name, attached: attached)
    case .source: try readAddresses(as: name, attached: attached, into: \.sources, Match.source)
    case .destination:
      try readAddresses(as: name, attached: attached, into: \.destinations, Match.destination)
    case .inInterface:
      header.inPosition = words[index].bytes.lowerBound
      try readInterface(as: name, attached: attached, into: \.inInterface, Match.inInterface, "-i")
    case .outInterface:
      header.outPosition = words[index].bytes.lowerBound
      try readInterface(as: name, attached: attached, into: \.outInterface, Match.outInterface, "-o")
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

  private mutating func readProtocol(as name: String, attached: String?) throws(Complaint) {
    let option = next - 1
    let word = try argument(of: name, attached: attached)
    guard header.proto == nil else { throw complaint(at: option, "'\(name)' is given twice") }
    guard let proto = IPProtocol(word.text, names: context.names) else {
      throw Complaint(word, name, wants: "a protocol's name or number 0-255")
    }
    let isNegated = takeNegation()
    if isNegated, proto == .any { throw Complaint(word, "no packet is of a protocol other than all") }
    header.proto = isNegated ? .not(proto) : .is(proto)
    context.proto = header.proto
  }

  private mutating func readFragment(as name: String) throws(Complaint) {
    guard context.family == .ipv4 else { throw complaint(at: next - 1, "IPv6 has no '\(name)'") }
    guard header.fragment == nil else { throw complaint(at: next - 1, "'\(name)' is given twice") }
    header.fragment = .opaque(OpaqueMatch(takeNegation() ? "! -f" : "-f"))
  }

  private mutating func readInterface(
    as name: String, attached: String?, into part: WritableKeyPath<RuleHeader, Match?>,
    _ match: (Condition<InterfacePattern>) -> Match, _ letter: String
  ) throws(Complaint) {
    let option = next - 1
    let word = try argument(of: name, attached: attached)
    guard header[keyPath: part] == nil else { throw complaint(at: option, "'\(name)' is given twice") }
    guard (1...InterfacePattern.longest).contains(word.text.utf8.count) else {
      throw Complaint(word, name, wants: "an interface's name of 1-\(InterfacePattern.longest) bytes")
    }
    let isNegated = takeNegation()
    if let pattern = InterfacePattern(word.text) {
      header[keyPath: part] = match(isNegated ? .not(pattern) : .is(pattern))
    } else {
      header[keyPath: part] = opaque(letter, word.text, isNegated: isNegated)
    }
  }

  /// An option of the header with an argument that the model's values cannot hold.
  func opaque(_ letter: String, _ argument: String, isNegated: Bool) -> Match {
    .opaque(OpaqueMatch("\(isNegated ? "! " : "")\(letter) \(argument.asWord)"))
  }

  /// `-c 12 720`, `-c 12,720`.
  private mutating func readCounters(as name: String, attached: String?) throws(Complaint) {
    let word = try argument(of: name, attached: attached)
    if takeNegation() { throw Complaint(word, "'\(name)' cannot be negated") }
    let parts = word.text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    let bytes = parts.count == 2 ? String(parts[1]) : optionalArgument(attached: nil)?.text
    guard let packets = UInt64(cText: parts[0]), let bytes = bytes.flatMap({ UInt64(cText: $0) }) else {
      throw Complaint(word, name, wants: "a number of packets and one of bytes")
    }
    header.counters = Counters(packets: packets, bytes: bytes)
  }
}

/// Addresses.
extension RuleReader {
  private mutating func readAddresses(
    as name: String, attached: String?, into part: WritableKeyPath<RuleHeader, [Match]?>,
    _ match: (Condition<CIDR>) -> Match
  ) throws(Complaint) {
    let option = next - 1
    let word = try argument(of: name, attached: attached)
    guard header[keyPath: part] == nil else { throw complaint(at: option, "'\(name)' is given twice") }
    let isNegated = takeNegation()
    let items = word.text.split(separator: ",", omittingEmptySubsequences: false)
    if isNegated, items.count > 1 { throw Complaint(word, "'!' goes with one address, not with a list") }
    var matches: [Match] = []
    for item in items {
      matches.append(try address(item, of: word, as: name, isNegated: isNegated, match))
    }
    header[keyPath: part] = matches
  }

  private func address(
    _ text: Substring, of word: Word, as name: String, isNegated: Bool, _ match: (Condition<CIDR>) -> Match
  ) throws(Complaint) -> Match {
    do throws(ExtensionProblem) {
      let block = try CIDR(text, family: context.family)
      return match(isNegated ? .not(block) : .is(block))
    } catch .notModelled {
      return opaque(name.hasPrefix("--s") || name == "-s" ? "-s" : "-d", String(text), isNegated: isNegated)
    } catch .wants(let wanted) {
      throw Complaint(word, "'\(name)' wants \(wanted), not '\(text)'")
    } catch {
      throw Complaint(word, name, wants: "an address")
    }
  }
}

extension Complaint {
  init(_ word: Word, _ reason: String) {
    self.init(word.bytes.lowerBound, reason)
  }

  /// `'--dport' wants a port 0-65535, not 'eighty'`.
  init(_ word: Word, _ option: String, wants wanted: String) {
    self.init(word, "'\(option)' wants \(wanted), not '\(word.text)'")
  }
}
