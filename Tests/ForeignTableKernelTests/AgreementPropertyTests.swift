import Intercept
import KernelRules
import KernelTestSupport
import NFTables
import Netfilter
import TestSupport
import Testing

/// The simulated verdicts against real sockets, under random tables of nf_tables and rules of iptables-legacy, over both
/// protocols and families.
@Suite(.enabled(if: canUseKernel))
struct AgreementPropertyTests {
  @Test func verdictsAreTheKernels() throws {
    let first = Soak.firstSeed(0)
    var (flows, unknown) = (0, 0)
    for seed in first..<first + Soak.choose(22, soak: 210) {
      let found = try withNamespace { try Self.compare(seed) }
      flows += found.flows
      unknown += found.unknown
    }
    #expect(flows >= Soak.choose(1000, soak: 10_000))
    #expect(unknown * 50 < flows, "\(unknown) of \(flows) verdicts are unknown")
    Soak.report(flows, "flows", of: "simulated verdicts, \(unknown) unknown")
  }

  private static func compare(_ seed: UInt64) throws -> (flows: Int, unknown: Int) {
    let tracers = try tracers(seed)
    let listeners = try [IPProtocol.tcp, .udp].map { proto in
      (proto, try ports.map { try Listener($0, proto) })
    }
    var unknown = 0
    for flow in flows {
      guard let tracer = tracers.tracers[flow.destination.address.family],
        let sockets = listeners.first(where: { $0.0 == flow.proto })?.1
      else { continue }
      let trace = tracer.trace(flow)
      guard let expected = Outcome(trace, own: own, ports) else {
        unknown += 1
        continue
      }
      let outcome = try attempt(flow, sockets, milliseconds: expected == .lost ? 30 : 2000)
      #expect(outcome == expected, "seed \(seed)\n\(tracers.script)\n\(trace.text())")
    }
    return (flows.count, unknown)
  }

  /// Makes the rules of a seed, and reads them back from the kernel.
  private static func tracers(_ seed: UInt64) throws -> (tracers: [IPFamily: Tracer], script: String) {
    try addAddresses()
    var random = RandomTables(seed: seed)
    let hasLegacy = hasLegacyTables && seed % 3 == 0
    var script = random.script(besideLegacy: hasLegacy)
    try run("nft", "-f", "-", input: script)
    for family in IPFamily.allCases where hasLegacy {
      let rules = random.legacyRules(family)
      try run(family == .ipv4 ? "iptables-legacy-restore" : "ip6tables-legacy-restore", input: rules)
      script += rules
    }
    var connection = try KernelConnection.open()
    let tables = try connection.nftRuleset()
    let legacy = try LegacyRules().live()
    var context = HostContext()
    context.ownAddresses = own
    let tracers = IPFamily.allCases.map { family in
      (
        family,
        Tracer(
          tables.iptablesTables(family), beside: tables, legacy: legacy.first { $0.family == family },
          in: context)
      )
    }
    return (Dictionary(uniqueKeysWithValues: tracers), script)
  }

  private static func addAddresses() throws {
    try run("ip", "link", "add", "d0", "type", "veth", "peer", "name", "d1")
    try run("ip", "addr", "add", "10.1.0.1/24", "dev", "d0")
    try run("ip", "addr", "add", "fd00:1::1/64", "dev", "d0", "nodad")
    try run("ip", "link", "set", "d1", "up")
    try run("ip", "link", "set", "d0", "up")
    try run("ip", "route", "add", "default", "dev", "d0")
    try run("ip", "-6", "route", "add", "default", "dev", "d0")
  }

  private static let ports: [UInt16] = [80, 81, 9999, 15001]
  private static let own = ["10.1.0.1", "fd00:1::1"].compactMap { IPAddress($0) }
  private static let hosts = [
    "10.1.0.1", "10.1.0.9", "127.0.0.1", "10.9.9.9", "[fd00:1::1]", "[fd00:1::9]", "[::1]", "[fd00:9::9]",
  ]

  private static let flows: [Flow] = hosts.flatMap { host in
    ["80", "81", "443"].compactMap { Endpoint("\(host):\($0)") }.flatMap { end in
      [IPProtocol.tcp, .udp].map { proto in
        var flow = Flow(.outbound, proto, to: end)
        flow.owner = UserID(rawValue: 0).flatMap { user in
          GroupID(rawValue: 0).map { SocketOwner(user: user, group: $0) }
        }
        let isOwn = end.address.isLoopback || own.contains(end.address)
        flow.interface = isOwn ? .loopback : InterfaceName("d0")
        return flow
      }
    }
  }
}
