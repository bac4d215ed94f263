import Intercept

/// Rules written as `iptables-save` prints them, for tests of what is done with rules: no quoting, and only the
/// options that Istio's rules have. What is not known becomes opaque; what is no rule becomes a rule without
/// conditions, which no test expects.
struct TerseRules {
  private var words: ArraySlice<Substring>
  private var matches: [Match] = []
  private var target = Target.none
  private var module: Substring = ""

  private init(_ text: String) {
    words = text.split(separator: " ")[...]
  }

  static func rule(_ text: String) -> Rule {
    var reader = TerseRules(text)
    while !reader.words.isEmpty { reader.readOption() }
    return Rule(reader.matches, reader.target)
  }

  /// A dump: `*TABLE`, `:CHAIN …`, `-A CHAIN …`; everything else is left out.
  static func ruleset(_ text: String, _ family: IPFamily = .ipv4) -> Ruleset {
    var tables: [(TableName, [(ChainName, [Rule])])] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2)
      if line.hasPrefix("*"), let name = TableName(rawValue: String(line.dropFirst())) {
        tables.append((name, []))
      } else if line.hasPrefix(":"), let chain = ChainName(String(words[0].dropFirst())) {
        tables[tables.count - 1].1.append((chain, []))
      } else if line.hasPrefix("-A"), let chain = ChainName(String(words[1])) {
        add(rule(words.count > 2 ? String(words[2]) : ""), to: chain, of: &tables[tables.count - 1].1)
      }
    }
    return Ruleset(family, tables: tables.map { Table($0, chains: $1.map { Chain($0, rules: $1) }) })
  }

  private static func add(_ rule: Rule, to chain: ChainName, of chains: inout [(ChainName, [Rule])]) {
    if let index = chains.firstIndex(where: { $0.0 == chain }) {
      chains[index].1.append(rule)
    } else {
      chains.append((chain, [rule]))
    }
  }

  private mutating func next() -> String { words.popFirst().map(String.init) ?? "" }

  private mutating func readOption() {
    let isNegated = words.first == "!"
    if isNegated { words.removeFirst() }
    let option = next()
    switch option {
    case "-j", "-g": readTarget(option)
    case "-m": readModule()
    default: readMatch(option, isNegated)
    }
  }

  private mutating func readModule() {
    module = words.popFirst() ?? ""
    if module == "comment" {
      words.removeFirst(1)
      matches += CommentMatch(next()).map { [.comment($0)] } ?? []
    } else if ["addrtype", "statistic", "set"].contains(module) {
      let options = words.prefix { $0 != "-j" }
      words = words.dropFirst(options.count)
      matches.append(.opaque(OpaqueMatch("-m \(module) " + options.joined(separator: " "))))
    } else if module == "tcp", words.first?.hasPrefix("--") != true, words.first != "!" {
      matches.append(.tcp(TCPMatch()))
    }
  }

  private mutating func readMatch(_ option: String, _ isNegated: Bool) {
    let argument = next()
    func condition<Value>(_ value: Value) -> Condition<Value> { isNegated ? .not(value) : .is(value) }
    let ports = argument.split(separator: ",").compactMap { Self.range(String($0)) }
    switch option {
    case "-s": matches += CIDR(argument).map { [.source(condition($0))] } ?? []
    case "-d": matches += CIDR(argument).map { [.destination(condition($0))] } ?? []
    case "-i": matches += InterfacePattern(argument).map { [.inInterface(condition($0))] } ?? []
    case "-o": matches += InterfacePattern(argument).map { [.outInterface(condition($0))] } ?? []
    case "-p": matches += Self.proto(argument).map { [.proto(condition($0))] } ?? []
    case "--dport", "--sport": readPort(option, condition(ports[0]))
    case "--dports": matches += MultiportMatch(.destination, condition(ports)).map { [.multiport($0)] } ?? []
    case "--uid-owner":
      matches += UserID(argument).map { [.owner(OwnerMatch(user: condition($0)))] } ?? []
    case "--gid-owner":
      matches += GroupID(argument).map { [.owner(OwnerMatch(group: condition($0)))] } ?? []
    case "--mark":
      let mark = condition(Self.mark(argument))
      matches.append(module == "mark" ? .mark(MarkMatch(mark)) : .connmark(ConnmarkMatch(mark)))
    case "--ctstate":
      matches.append(.conntrack(ConntrackMatch(state: condition(Self.state(argument)))))
    default: matches.append(.opaque(OpaqueMatch("\(option) \(argument)")))
    }
  }

  private mutating func readPort(_ option: String, _ ports: Condition<PortRange>) {
    let (source, destination) = option == "--sport" ? (ports, nil) : (nil, ports)
    matches.append(
      module == "udp"
        ? .udp(UDPMatch(source: source, destination: destination))
        : .tcp(TCPMatch(source: source, destination: destination)))
  }

  private mutating func readTarget(_ option: String) {
    let name = next()
    let rest = words.map(String.init)
    words = []
    target =
      switch name {
      case "ACCEPT": .accept
      case "DROP": .drop
      case "RETURN": .return
      case "REDIRECT": .redirect(RedirectTarget(ports: Self.range(rest[1])))
      case "MARK": .mark(MarkTarget(set: Self.mark(rest[1])))
      case "CONNMARK": .connmark(rest[0] == "--save-mark" ? .save() : .restore())
      case "CT": .ct(CTTarget(zone: UInt16(rest[1]).map(ConntrackZone.init(rawValue:))))
      case "TPROXY":
        .tproxy(
          TProxyTarget(
            port: Port(rest[1]) ?? 0, address: IPAddress(rest[3]) ?? IPAddress(.ipv4, bits: 0),
            mark: Self.mark(rest[5])))
      case "DNAT", "MASQUERADE", "LOG", "REJECT":
        .opaque(OpaqueTarget(([name] + rest).joined(separator: " ")))
      default: ChainName(name).map { option == "-g" ? .goto($0) : .jump($0) } ?? .none
      }
  }

  private static func proto(_ text: String) -> IPProtocol? {
    ["tcp": .tcp, "udp": .udp, "icmp": .icmp][text] ?? UInt8(text).map(IPProtocol.init(rawValue:))
  }

  private static func range(_ text: String) -> PortRange? {
    let ends = text.split(whereSeparator: { $0 == ":" || $0 == "-" }).compactMap { Port(String($0)) }
    return ends.count == 2 ? PortRange(from: ends[0], to: ends[1]) : ends.first.map { PortRange($0) }
  }

  private static func mark(_ text: String) -> MaskedMark {
    let parts = text.split(separator: "/").map { part in
      Mark(rawValue: UInt32(part.dropFirst(2), radix: 16) ?? 0)
    }
    return MaskedMark(parts[0], mask: parts.count > 1 ? parts[1] : .allBits)
  }

  private static func state(_ text: String) -> ConntrackState {
    let names: [Substring: ConntrackState] = [
      "INVALID": .invalid, "NEW": .new, "RELATED": .related, "ESTABLISHED": .established,
    ]
    return text.split(separator: ",").reduce(into: []) { $0.formUnion(names[$1] ?? []) }
  }
}
