import Intercept

/// Operations on rules that must end for every rule set.
enum Simulation {
  private static let flows: [Flow] = [
    Flow(.outbound, to: Endpoint(.ipv4(IPv4Address(bits: 0x0a00_0001)), 80)),
    Flow(.inbound, to: Endpoint(.ipv4(IPv4Address(bits: 0x0a00_0001)), 8080)),
    Flow(.outbound, .udp, to: Endpoint(IPAddress(.ipv6, bits: 1), 53)),
  ]

  static let sidecar: Ruleset = {
    var configuration = Configuration()
    configuration.inboundPorts = .all(except: [PortRange(15090), PortRange(15021), PortRange(15020)])
    configuration.outboundCIDRs = .all
    return RulesetBuilder.build(configuration).first ?? Ruleset(.ipv4)
  }()

  /// Compares, traces and explains rules.
  static func run(_ ruleset: Ruleset, _ input: [UInt8]) {
    let wanted = ruleset.family == .ipv4 ? sidecar : Ruleset(.ipv6)
    let diff = RulesetDiff(wanted: wanted, live: ruleset)
    Oracle.expect(
      diff.text().isEmpty == diff.isEmpty, "a difference without words", input, output: diff.text())
    for flow in flows where flow.destination.address.family == ruleset.family {
      check(Tracer(ruleset).trace(flow), input)
    }
    // A guess builds the rules of every release, the slowest operation.
    if input.count % 16 == 0, let guess = Guess([ruleset]) {
      Oracle.expect(!guess.text().isEmpty, "a guess without words", input)
      Oracle.expectVisible(guess.text(), input)
    }
  }

  /// Traces packets through tables of nf_tables.
  static func run(_ tables: NftRuleset, _ input: [UInt8]) {
    for flow in flows {
      check(Tracer(tables.rules(flow.destination.address.family), beside: tables).trace(flow), input)
    }
  }

  private static func check(_ trace: Trace, _ input: [UInt8]) {
    Oracle.expect(!trace.text().isEmpty, "a trace without words", input)
    Oracle.expectVisible(trace.text(), input)
  }
}
