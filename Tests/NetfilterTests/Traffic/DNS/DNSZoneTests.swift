import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// With DNS capture the app's queries and the proxy's are tracked in zones of their own, so that a query of the
/// proxy's is not taken for one of the app's, even from the same port to the same server. `conntrack` is the witness.
@Suite(.enabled(if: canUseKernel), .serialized)
struct DNSZoneTests {
  private static let captures: [DNSCapture] = [
    .all, .servers(Configurations.addresses("10.96.0.10", "2001:db8::53")),
  ]
  /// Up to 1.19 the answers to the proxy are looked for by the wrong address, and found in no zone.
  private static let releases = [20, 22, 24].compactMap { IstioRelease(minor: $0) } + [.newest]

  @Test(arguments: InterceptionRules.Backend.allCases, captures)
  func queriesFromOnePortAreKeptApart(_ form: InterceptionRules.Backend, _ capture: DNSCapture) throws {
    for release in Self.releases {
      for family in IPFamily.allCases {
        try Self.withServers(family, Self.rules(capture, release), form) { (servers) throws in
          #expect(try servers.ask(from: 40053, of: .app) == "agent", "\(release) \(family)")
          #expect(try servers.ask(from: 40053, of: .proxy) == "server", "\(release) \(family)")
          #expect(
            try servers.flows(from: 40053) == [
              .init(zone: 2, answeringPort: 15053), .init(zone: 1, answeringPort: 53),
            ], "\(release) \(family)")
        }
      }
    }
  }

  /// The purpose of the zones, and proof that the test above would fail without them.
  @Test(arguments: InterceptionRules.Backend.allCases)
  func withoutZonesTheProxyWouldAskItself(_ form: InterceptionRules.Backend) throws {
    let rules = Self.rules(.all, .newest).map { ruleset in
      Ruleset(ruleset.family, tables: ruleset.tables.filter { $0.name != .raw })
    }
    try Self.withServers(.ipv4, rules, form) { (servers) throws in
      #expect(try servers.ask(from: 40053, of: .app) == "agent")
      #expect(try servers.ask(from: 40053, of: .proxy) == "agent")
      #expect(try servers.flows(from: 40053) == [.init(zone: 0, answeringPort: 15053)])
    }
  }

  private static func rules(_ capture: DNSCapture, _ release: IstioRelease) -> [Ruleset] {
    var configuration = Configurations.sidecar
    configuration.dns = capture
    configuration.release = release
    return RulesetBuilder.build(configuration)
  }

  private static func withServers(
    _ family: IPFamily, _ rules: [Ruleset], _ form: InterceptionRules.Backend,
    _ body: (NameServers) throws -> Void
  ) throws {
    try TrafficBed.with { bed in
      let servers = try NameServers(family, on: bed)
      try servers.warmUp()
      try bed.inside(.app) { _ = try InterceptionRules(as: form).apply(rules) }
      try body(servers)
    }
  }
}
