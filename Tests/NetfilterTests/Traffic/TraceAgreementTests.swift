import Glibc
import Intercept
import Testing

/// The tracer and the kernel agree: real connections under real rules, each compared with its trace.
///
/// TRACE_SEED chooses other random rules and connections, SOAK_ROUNDS how many rule sets are tried.
@Suite(.enabled(if: canUseKernel), .serialized)
struct TraceAgreementPropertyTests {
  private static let seed = number(of: "TRACE_SEED") ?? 20_261_121
  private static let rounds = Int(number(of: "SOAK_ROUNDS") ?? 65)

  private static func number(of variable: String) -> UInt64? {
    getenv(variable).flatMap { UInt64(String(cString: $0)) }
  }

  @Test func rulesOfConfigurations() throws {
    let tally = try agreement(flows: 50, [.tcp, .udp]) { seed in
      var configurations = RandomConfigurations(random: SeededRandom(seed: seed))
      return RulesetBuilder.build(configurations.next())
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

  /// Datagrams, since rules without sense keep answers from coming back.
  @Test func rulesWithoutSense() throws {
    let tally = try agreement(flows: 30, [.udp]) { seed in
      var rules = RandomRules(random: SeededRandom(seed: seed))
      return IPFamily.allCases.map { rules.ruleset($0) }
    }
    #expect(tally.total >= Self.rounds * 29)
    guard Self.rounds >= 65 else { return }
    for word in ["accept", "redirect", "tproxy", "drop"] {
      #expect(IPFamily.allCases.allSatisfy { tally.count($0, .udp, word) > 20 }, "\(word)")
    }
  }

  /// Drives connections under a rule set for each seed, all between the same two namespaces.
  private func agreement(
    flows: Int, _ protocols: [IPProtocol], _ make: (UInt64) -> [Ruleset]
  ) throws -> TrafficTally {
    try TrafficBed.with { bed in
      try bed.lead(1337, to: 133)
      let driver = try TrafficDriver(bed)
      try driver.warmUp()
      var tally = TrafficTally()
      for round in 0..<Self.rounds {
        let seed = Self.seed &+ UInt64(round)
        let rules = make(seed)
        try bed.inside(.app) { try Iptables.restore(rules) }
        var agreement = TraceAgreement(rules, driver, seed)
        try agreement.drive(flows, protocols, &tally)
        try bed.forget()
      }
      return tally
    }
  }
}
