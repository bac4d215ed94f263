import Intercept

import Intercept
@testable import MeshRules
@testable import NetworkValues
@testable import PacketTrace

/// Random configurations and flows out of few values, so that they meet.
struct NativeRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// SplitMix64: a seed gives the same numbers again.
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  mutating func onceIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

  mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &self)]
  }

  mutating func some<Value>(of values: [Value], upTo most: Int = 5) -> [Value] {
    (0..<Int.random(in: 0...most, using: &self)).map { _ in pick(values) }
  }
}

extension NativeRandom {
  static let ports = ["80", "81", "443", "53", "15008", "8000:8100", "8050:8200", "1:52", "15021", "82:90"]
  static let blocks = [
    "10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/9", "10.128.0.0/9", "192.0.2.7/32", "172.16.0.0/12", "0.0.0.0/0",
    "fd00::/8", "2001:db8::/32", "2001:db8::5/128", "::/0",
  ]
  static let addresses = [
    "127.0.0.1", "127.0.0.6", "127.3.4.5", "10.0.0.5", "10.1.2.3", "10.200.0.1", "192.0.2.7", "192.0.2.8",
    "172.20.0.1", "8.8.8.8", "::1", "::6", "fd00::10", "2001:db8::5", "2001:db8::6", "2606::1",
  ]
  static let interfaces = ["eth0", "eth1", "eth+", "lo", "net1"]
  static let owners: [UInt32] = [0, 3, 4, 5, 888, 1000, 1337]

  private mutating func ports(upTo most: Int = 5) -> [PortRange] {
    some(of: Self.ports, upTo: most).compactMap { text in
      let ends = text.split(separator: ":").compactMap { Port(String($0)) }
      return ends.first.flatMap { first in ends.last.map { first...$0 } }
    }
  }

  private mutating func includedCIDRs() -> [WrittenCIDR] {
    let own = onceIn(3) ? [pick(["127.0.0.0/8", "127.0.0.1/0", "::1/128", "::1/0"])] : []
    return (some(of: Self.blocks) + own).compactMap { WrittenCIDR($0) }
  }
  private mutating func cidrs() -> [CIDR] { some(of: Self.blocks).compactMap { CIDR($0) } }
  private mutating func owners<ID: OwnerID>(upTo most: Int = 3) -> [ID] {
    some(of: Self.owners, upTo: most).compactMap { ID(rawValue: $0) }
  }

  mutating func configuration() -> Configuration {
    var made = Configuration()
    made.release = pick(IstioRelease.all)
    made.includesIPv6 = !onceIn(3)
    if onceIn(2) { made.interception = .tproxy(mark: 1337, table: 133) }
    made.inboundPorts = onceIn(2) ? .only(ports(upTo: 8)) : .all(except: ports())
    made.excludedInterfaces = some(of: Self.interfaces, upTo: 1).compactMap { InterfacePattern($0) }
    made.virtualInterfaces = some(of: Self.interfaces, upTo: 2).compactMap { InterfacePattern($0) }
    made.dropsInvalid = onceIn(3)
    fillOutbound(&made)
    fillOwners(&made)
    return made
  }

  private mutating func fillOutbound(_ made: inout Configuration) {
    made.outboundCIDRs = onceIn(2) ? .all : .only(includedCIDRs())
    made.excludedOutboundCIDRs = cidrs()
    made.outboundPorts = onceIn(2) ? ports() : []
    made.excludedOutboundPorts = onceIn(2) ? ports() : []
    if onceIn(3) {
      made.loopbackCIDR = CIDR(pick(["127.0.0.0/8", "127.3.0.0/16", "0.0.0.0/0"])) ?? made.loopbackCIDR
    }
    let servers = some(of: ["10.0.0.5", "8.8.8.8", "fd00::10"]).compactMap { IPAddress($0) }
    made.dns = pick([.none, .servers(servers), .all])
  }

  private mutating func fillOwners(_ made: inout Configuration) {
    let users: [UserID] = owners()
    let groups: [GroupID] = owners()
    if !users.isEmpty { made.proxyUsers = users }
    if !groups.isEmpty { made.proxyGroups = groups }
    if onceIn(2) { made.ownerGroups = onceIn(2) ? .only(owners()) : .all(except: owners()) }
  }

  mutating func flow(_ family: IPFamily) -> Flow {
    let addresses = Self.addresses.compactMap { IPAddress($0) }.filter { $0.family == family }
    let port =
      Port(pick(["80", "81", "85", "443", "53", "15008", "8080", "8150", "22", "15021", "9999"])) ?? 1
    var flow = Flow(pick([.outbound, .inbound]), pick([.tcp, .udp]), to: Endpoint(pick(addresses), port))
    flow.source = onceIn(2) ? pick(addresses) : nil
    flow.sourcePort = onceIn(3) ? pick([53, 15053, 40000]) : nil
    flow.interface = onceIn(2) ? InterfaceName(pick(["eth0", "eth1", "lo", "net1"])) : nil
    let user = UserID(rawValue: pick(Self.owners))
    let group = GroupID(rawValue: pick(Self.owners))
    if let user, let group, !onceIn(5) { flow.owner = SocketOwner(user: user, group: group) }
    flow.mark = onceIn(4) ? pick([1337, 1338, 5]) : 0
    flow.connectionMark = onceIn(4) ? pick([1337, 5]) : 0
    flow.state = onceIn(3) ? pick([.established, .related, .invalid]) : .new
    return flow
  }
}
