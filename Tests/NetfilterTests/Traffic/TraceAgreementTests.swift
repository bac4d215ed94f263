import Intercept
import KernelTestSupport
import TestSupport
import Testing

/// The tracer and the kernel agree: real connections under real rules, each compared with its trace.
///
/// TRACE_SEED chooses other random rules and connections, SOAK_ROUNDS how many rule sets are tried.
@Suite(.enabled(if: canUseKernel), .serialized)
struct TraceAgreementPropertyTests {
  private static let seed = givenNumber("TRACE_SEED") ?? 20_261_121
  private static let rounds = Soak.rounds(65)

  @Test func rulesOfConfigurations() throws {
    let tally = try agreement(flows: 50, [.tcp, .udp]) { seed in
      TestedRules(iptables: RulesetBuilder.build(configuration(seed)))
    }
    #expect(tally.total >= min(3_000, Self.rounds * 50))
    guard Self.rounds >= 65 else { return }
    for family in IPFamily.allCases {
      for proto in [IPProtocol.tcp, .udp] {
        #expect(tally.count(family, proto, "accept") > 250, "\(family) \(proto)")
        #expect(tally.count(family, proto, "redirect") > 30, "\(family) \(proto)")
      }
      #expect(tally.count(family, .tcp, "tproxy") > 50, "\(family)")
    }
  }

  /// The native form of the same rules, lifted to iptables rules for the trace.
  @Test func nativeRulesOfConfigurations() throws {
    let tally = try agreement(flows: 25, [.tcp, .udp]) { seed in
      try TestedRules(native: RulesetBuilder.build(configuration(seed)))
    }
    #expect(tally.total >= Self.rounds * 24)
    guard Self.rounds >= 65 else { return }
    for family in IPFamily.allCases {
      #expect(tally.count(family, .tcp, "tproxy") > 20, "\(family)")
      for proto in [IPProtocol.tcp, .udp] {
        #expect(tally.count(family, proto, "redirect") > 15, "\(family) \(proto)")
      }
    }
  }

  /// Datagrams, since rules without sense keep answers from coming back.
  @Test func rulesWithoutSense() throws {
    let tally = try agreement(flows: 30, [.udp]) { seed in
      var rules = RandomRules(random: SeededGenerator(seed: seed))
      return TestedRules(iptables: IPFamily.allCases.map { rules.ruleset($0) })
    }
    #expect(tally.total >= Self.rounds * 29)
    guard Self.rounds >= 65 else { return }
    for word in ["accept", "redirect", "tproxy", "drop"] {
      #expect(IPFamily.allCases.allSatisfy { tally.count($0, .udp, word) > 20 }, "\(word)")
    }
  }

  private func configuration(_ seed: UInt64) -> Configuration {
    .traffic(seed: seed)
  }

  /// Drives connections under a rule set for each seed, all between the same two namespaces.
  private func agreement(
    flows: Int, _ protocols: [IPProtocol], _ make: (UInt64) throws -> TestedRules
  ) throws -> TrafficTally {
    try TrafficBed.with { bed in
      try bed.lead(1337, to: 133)
      let driver = try TrafficDriver(bed)
      try driver.warmUp()
      var tally = TrafficTally()
      for round in 0..<Self.rounds {
        let seed = Self.seed &+ UInt64(round)
        let rules = try make(seed)
        try bed.inside(.app, rules.install)
        var agreement = TraceAgreement(rules, driver, seed)
        try agreement.drive(flows, protocols, &tally)
        try bed.forget()
      }
      return tally
    }
  }
}
