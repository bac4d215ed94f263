import Intercept
import TestSupport

extension RandomRule {
  /// A random match, with the protocol it needs.
  mutating func match(_ place: Place) -> [Match] {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: [.source(condition(block(place.family)))]
    case 1, 2: [.destination(condition(block(place.family)))]
    case 3: [interface(place)]
    case 4: [.proto(condition(random.pick([.tcp, .udp])))]
    case 5: [.proto(.is(.udp)), .udp(UDPMatch(source: nil, destination: condition(ports())))]
    case 6: [.proto(.is(.udp))] + multiport()
    case 7: place.isOutward ? owner() : [.mark(MarkMatch(condition(marked())))]
    case 8: [.mark(MarkMatch(condition(marked())))]
    case 9: [.connmark(ConnmarkMatch(condition(marked())))]
    case 10: conntrack(place.family)
    default: [.state(StateMatch(condition(states())))]
    }
  }

  private mutating func condition<Value>(_ value: Value) -> Condition<Value> {
    random.onceIn(3) ? .not(value) : .is(value)
  }

  private mutating func block(_ family: IPFamily) -> CIDR {
    let texts: [IPFamily: [String]] = [
      .ipv4: ["10.0.0.0/8", "10.12.0.0/24", "10.12.0.11/32", "127.0.0.0/8", "127.0.0.1/32", "10.96.0.0/13"],
      .ipv6: ["fd00::/16", "fd00:12::/64", "fd00:12::11/128", "::1/128", "2001:db8::/33", "::/64"],
    ]
    let block = CIDR(random.pick(texts[family] ?? ["0.0.0.0/1"]))
    return block ?? CIDR(host: IPAddress(family, bits: 1))
  }

  private mutating func interface(_ place: Place) -> Match {
    let name = InterfacePattern(random.pick(["lo", "eth0", "eth+", "l+", "eth0+", "eth1"])) ?? .loopback
    return place.isOutward ? .outInterface(condition(name)) : .inInterface(condition(name))
  }

  private mutating func ports() -> PortRange {
    let ranges: [(UInt16, UInt16)] = [
      (0, 1023), (53, 53), (8000, 8100), (15001, 65535), (80, 80), (9000, 15053),
    ]
    let range = random.pick(ranges)
    return PortRange(from: Port(rawValue: range.0), to: Port(rawValue: range.1)) ?? PortRange(80)
  }

  private mutating func multiport() -> [Match] {
    let side = random.pick([MultiportMatch.Side.destination, .either])
    return [MultiportMatch(side, condition([ports(), ports(), ports()])).map(Match.multiport)].compactMap {
      $0
    }
  }

  private mutating func marked() -> MaskedMark {
    let mask = random.pick([Mark.allBits, 0xff, 0x7])
    let value = random.pick([Mark(rawValue: 0), 5, 1337, 1338])
    return MaskedMark(Mark(rawValue: value.rawValue & mask.rawValue), mask: mask)
  }

  private mutating func owner() -> [Match] {
    let numbers = random.pick(
      [(0, 0), (1337, 1337), (800, 1000), (1337, 99_999), (0, 65_534)] as [(UInt32, UInt32)])
    let users = UserID(rawValue: numbers.0).flatMap { first in
      UserID(rawValue: numbers.1).flatMap { ClosedRange(from: first, to: $0) }
    }
    let groups = GroupID(rawValue: numbers.0).flatMap { first in
      GroupID(rawValue: numbers.1).flatMap { ClosedRange(from: first, to: $0) }
    }
    let user = random.onceIn(3) ? nil : users.map { condition($0) }
    let group = user != nil && random.onceIn(2) ? nil : groups.map { condition($0) }
    let exists: Bool? = random.onceIn(4) ? true : nil
    return [OwnerMatch(user: user, group: group, socketExists: exists).map(Match.owner)].compactMap { $0 }
  }

  private mutating func states() -> ConntrackState {
    let states: [ConntrackState] = [.new, .invalid, .established, .related, .untracked]
    let some = random.subset(of: states).reduce(into: ConntrackState()) { $0.formUnion($1) }
    return some.isEmpty ? .new : some
  }

  private mutating func conntrack(_ family: IPFamily) -> [Match] {
    var conditions = ConntrackConditions()
    if random.onceIn(2) { conditions.state = condition(states().union(.destinationTranslated)) }
    if random.onceIn(3) { conditions.originalDestination = condition(block(family)) }
    if random.onceIn(3) { conditions.originalDestinationPorts = condition(ports()) }
    if random.onceIn(4) { conditions.replyDestination = condition(block(family)) }
    if random.onceIn(4) { conditions.direction = random.pick([.original, .reply]) }
    if random.onceIn(4) { conditions.status = condition(random.pick([.confirmed, .seenReply, .assured])) }
    if random.onceIn(4) { conditions.proto = condition(.udp) }
    return [ConntrackMatch(conditions).map(Match.conntrack)].compactMap { $0 }
  }
}

extension Match {
  /// True if the match is on the protocol, or on a field that only one protocol has.
  var isProtocol: Bool {
    switch self {
    case .proto, .tcp, .udp, .multiport: true
    case .source, .destination, .inInterface, .outInterface, .owner, .mark, .connmark, .conntrack, .state,
      .addressType, .comment, .opaque:
      false
    }
  }

  /// The kind of match that a rule can have only once.
  fileprivate var kind: String { String("\(self)".prefix { $0 != "(" }) }
}

extension [Match] {
  /// The first of each kind, and no protocol beside one that is needed.
  var unique: [Match] {
    let needed = contains { if case .udp = $0 { true } else if case .multiport = $0 { true } else { false } }
    let kept =
      needed
      ? filter { $0 != .proto(.is(.tcp)) && $0 != .proto(.not(.udp)) && $0 != .proto(.not(.tcp)) } : self
    var seen: Set<String> = []
    return kept.filter { seen.insert($0.kind).inserted }
  }
}
