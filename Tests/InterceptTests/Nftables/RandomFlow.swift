import Intercept
import TestSupport

@testable import MeshRules
@testable import NetworkValues
@testable import PacketTrace

/// Few values, so that random rules and random packets overlap.
enum OverlappingValues {
  static let addresses = [
    "127.0.0.1", "127.0.0.6", "127.3.4.5", "10.0.0.5", "10.1.2.3", "10.200.0.1", "192.0.2.7", "192.0.2.8",
    "172.20.0.1", "8.8.8.8", "::1", "::6", "fd00::10", "2001:db8::5", "2001:db8::6", "2606::1",
  ]
  static let owners: [UInt32] = [0, 3, 4, 5, 888, 1000, 1337]
  private static let blocks = [
    "10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/9", "10.128.0.0/9", "192.0.2.7/32", "172.16.0.0/12", "0.0.0.0/0",
    "fd00::/8", "2001:db8::/32", "2001:db8::5/128", "::/0",
  ]

  /// The values that options can give.
  static let ofOptions = values(loopbackBlocks: ["127.0.0.0/8", "127.3.0.0/16"])
  /// The same, and a loopback block that contains every address.
  static let all = values(loopbackBlocks: ["127.0.0.0/8", "127.3.0.0/16", "0.0.0.0/0"])

  private static func values(loopbackBlocks: [String]) -> RandomValues {
    .among(
      ports: ["80", "81", "443", "53", "15008", "8000:8100", "8050:8200", "1:52", "15021", "82:90"],
      blocks: blocks, includedBlocks: blocks + ["127.0.0.0/8", "127.0.0.1/0", "::1/128", "::1/0"],
      loopbackBlocks: loopbackBlocks, interfaces: ["eth0", "eth1", "eth+", "lo", "net1"], owners: owners,
      servers: ["10.0.0.5", "8.8.8.8", "fd00::10"])
  }
}

extension SeededGenerator {
  mutating func flow(_ family: IPFamily) -> Flow {
    let addresses = OverlappingValues.addresses.compactMap { IPAddress($0) }.filter { $0.family == family }
    let port =
      Port(pick(["80", "81", "85", "443", "53", "15008", "8080", "8150", "22", "15021", "9999"])) ?? 1
    var flow = Flow(pick([.outbound, .inbound]), pick([.tcp, .udp]), to: Endpoint(pick(addresses), port))
    flow.source = onceIn(2) ? pick(addresses) : nil
    flow.sourcePort = onceIn(3) ? pick([53, 15053, 40000]) : nil
    flow.interface = onceIn(2) ? InterfaceName(pick(["eth0", "eth1", "lo", "net1"])) : nil
    let user = UserID(rawValue: pick(OverlappingValues.owners))
    let group = GroupID(rawValue: pick(OverlappingValues.owners))
    if let user, let group, !onceIn(5) { flow.owner = SocketOwner(user: user, group: group) }
    flow.mark = onceIn(4) ? pick([1337, 1338, 5]) : 0
    flow.connectionMark = onceIn(4) ? pick([1337, 5]) : 0
    flow.state = onceIn(3) ? pick([.established, .related, .invalid]) : .new
    return flow
  }
}
