import Intercept
import KernelRules
import KernelTestSupport
import NFTables
import Netfilter
import TestSupport
import Testing

/// Rules of iptables-legacy and of nf_tables that translate the same connections: the chain registered last is called
/// first, and the kernel does not show the order.
@Suite(.enabled(if: hasLegacyTables, "the kernel has no tables of iptables-legacy"))
struct BackendOrderTests {
  private static let rule = "-A OUTPUT -p tcp -m tcp --dport 443 -j REDIRECT --to-ports"

  private static func install(_ backend: String, port: UInt16) throws {
    try run("iptables-\(backend)-restore", "--noflush", input: "*nat\n\(rule) \(port)\nCOMMIT\n")
  }

  @Test(arguments: [["nft", "legacy"], ["legacy", "nft"]])
  func theChainRegisteredLastDecides(_ backends: [String]) throws {
    try withNamespace {
      try run("ip", "addr", "add", "10.1.0.1/24", "dev", "lo")
      for (backend, port) in zip(backends, [UInt16(80), 81]) { try Self.install(backend, port: port) }
      let listeners = try [UInt16(80), 81].map { try Listener($0, .tcp) }
      let flow = Flow(.outbound, to: try #require(Endpoint("10.1.0.1:443")))
      #expect(try attempt(flow, listeners, milliseconds: 2000) == .connected(81))
      let trace = try Self.trace(flow)
      #expect(trace.verdict == .unknown)
      let doubt = try #require(trace.doubt)
      let (nft, legacy): (UInt16, UInt16) = backends[0] == "nft" ? (80, 81) : (81, 80)
      // Each verdict is that of the rule that is named with it.
      for (decision, verdict) in [(trace.decision, doubt.ifMatched), (doubt.otherDecision, doubt.otherwise)] {
        guard case .redirect(let end) = verdict, let place = decision?.place else {
          Issue.record("\(trace.text())")
          continue
        }
        #expect(end.port.rawValue == (place.table == .legacy(.nat) ? legacy : nft))
      }
      #expect(trace.decision?.place.table != doubt.otherDecision?.place.table)
    }
  }

  private static func trace(_ flow: Flow) throws -> Trace {
    var connection = try KernelConnection.open()
    let tables = try connection.nftRuleset()
    let legacy = try LegacyRules().live().first { $0.family == .ipv4 }
    var context = HostContext()
    context.ownAddresses = [try #require(IPAddress("10.1.0.1"))]
    return Tracer(tables.iptablesTables(.ipv4), beside: tables, legacy: legacy, in: context).trace(flow)
  }

  /// Either backend may have the rules of interception: those of the other one shadow them.
  @Test(arguments: [RuleOrigin.iptablesNFT, .legacy])
  func rulesOfTheOtherBackendShadow(_ origin: RuleOrigin) throws {
    try withNamespace {
      try Self.install(origin == .legacy ? "nft" : "legacy", port: 80)
      var connection = try KernelConnection.open()
      let legacy = try LegacyRules().live().first { $0.family == .ipv4 }
      var configuration = Configuration()
      configuration.outboundCIDRs = .all
      let wanted = try #require(RulesetBuilder.build(configuration).first { $0.family == .ipv4 })
      let found = ShadowingRule.all(
        wanted, of: origin, beside: try connection.nftRuleset(), legacy: origin == .legacy ? nil : legacy)
      #expect(found.count == 1 && found.first?.verdict == .unknown)
      #expect(found.first?.place.chain == "OUTPUT")
      #expect(found.first?.text.contains("--to-ports 80") == true)
    }
  }
}
