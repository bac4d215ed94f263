import Intercept
import TestSupport

/// Random connections between the two namespaces.
struct RandomFlows {
  var random: SeededGenerator
  private var used: Set<[String]> = []

  /// True if every packet has a source address, because rules may match it.
  let namesSource: Bool

  init(seed: UInt64, namesSource: Bool) {
    random = SeededGenerator(seed: seed)
    self.namesSource = namesSource
  }

  private static let own: [IPFamily: [String]] = [
    .ipv4: ["10.12.0.11", "10.12.0.12"], .ipv6: ["fd00:12::11", "fd00:12::12"],
  ]
  private static let loopback: [IPFamily: [String]] = [
    .ipv4: ["127.0.0.1", "127.0.0.6", "127.8.9.10"], .ipv6: ["::1", "::6"],
  ]
  private static let remote: [IPFamily: [String]] = [
    .ipv4: ["10.0.23.154", "10.0.1.1", "10.96.0.10", "192.0.2.7", "10.12.0.1"],
    .ipv6: ["fd00:1::1", "fd00:1::10", "2001:db8::7", "fd00:12::1"],
  ]

  /// A connection that none before it was like, as connection tracking sees it.
  mutating func next(_ proto: IPProtocol, marks: [Mark]) -> Flow? {
    for _ in 0..<20 {
      guard let flow = candidate(proto, marks) else { continue }
      let key = [flow.destination.description, flow.sourcePort?.description ?? "", "\(flow.direction)"]
      if used.insert(key).inserted { return flow }
    }
    return nil
  }

  private mutating func candidate(_ proto: IPProtocol, _ marks: [Mark]) -> Flow? {
    let family = random.pick(IPFamily.allCases)
    return random.onceIn(3) ? inbound(proto, family) : outbound(proto, family, marks)
  }

  private mutating func outbound(_ proto: IPProtocol, _ family: IPFamily, _ marks: [Mark]) -> Flow? {
    let isRemote = random.onceIn(2)
    let places = isRemote ? [Self.remote] : [Self.own, Self.loopback]
    guard let to = end(random.pick(places)[family], proto) else { return nil }
    var sources = [nil, nil, Self.own[family]?.first]
    if !isRemote { sources += Self.loopback[family] ?? [] }
    // A connection that the mark leads astray to lo gets its answers astray as well; a datagram needs none.
    let marks = isRemote && proto == .tcp ? marks.filter { $0 != 1337 } : marks
    let mark = random.onceIn(4) ? random.pick(marks) : 0
    // Which source the kernel picks, the tracer does not guess everywhere.
    let isNamed = !to.address.isLoopback && (isRemote && mark == 1337 || namesSource)
    let source = isNamed ? Self.own[family]?.first : random.pick(sources)
    var flow = Flow(.outbound, proto, to: to, from: source.flatMap { IPAddress($0) }, port: port())
    flow.owner = owner()
    flow.mark = mark
    return flow
  }

  private mutating func inbound(_ proto: IPProtocol, _ family: IPFamily) -> Flow? {
    guard let to = end(Self.own[family], proto), let from = Self.remote[family] else { return nil }
    return Flow(.inbound, proto, to: to, from: IPAddress(random.pick(from)), port: port(), interface: .eth0)
  }

  /// Many datagrams go to port 53, for which alone Istio has rules.
  private mutating func end(_ addresses: [String]?, _ proto: IPProtocol) -> Endpoint? {
    guard let address = IPAddress(random.pick(addresses ?? [""])) else { return nil }
    let isDNS = proto == .udp && random.onceIn(2)
    return Endpoint(address, random.pick(isDNS ? [53] : TrafficListeners.ports))
  }

  /// Mostly one of its own for each flow; seldom one that rules may ask for.
  private mutating func port() -> Port {
    random.onceIn(6)
      ? random.pick([1053, 15054, 25053]) : Port(rawValue: .random(in: 20000...60000, using: &random))
  }

  private mutating func owner() -> SocketOwner? {
    let numbers: [UInt32] = [0, 888, 1000, 1337, 1338, 70_000]
    guard let user = UserID(rawValue: random.pick(numbers)),
      let group = GroupID(rawValue: random.pick(numbers))
    else { return nil }
    return SocketOwner(user: user, group: group)
  }
}
