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
    var count = 0
    for round in 0..<Self.rounds {
      let seed = Self.seed &+ UInt64(round)
      var configurations = RandomConfigurations(random: SeededRandom(seed: seed))
      let rulesets = RulesetBuilder.build(configurations.next())
      count += try compare(rulesets, seed: seed, flows: 50, [.tcp, .udp])
    }
    #expect(count > Self.rounds * 40)
  }

  /// Drives connections under rules; returns how many.
  private func compare(
    _ rulesets: [Ruleset], seed: UInt64, flows count: Int, _ protocols: [IPProtocol]
  ) throws -> Int {
    try TrafficBed.with { bed in
      try bed.lead(1337, to: 133)
      let driver = try TrafficDriver(bed)
      try driver.warmUp()
      try bed.inside(.app) { try Iptables.restore(rulesets) }
      let tracers = rulesets.reduce(into: [IPFamily: Tracer]()) {
        $0[$1.family] = Tracer($1, in: TrafficBed.surroundings(1337))
      }
      var flows = RandomFlows(seed: seed)
      var driven = 0
      for _ in 0..<count {
        guard let flow = flows.next(flows.random.pick(protocols), marks: [1337, 1338, 5]),
          let tracer = tracers[flow.destination.address.family]
        else { continue }
        try compare(flow, tracer, driver, seed)
        driven += 1
      }
      return driven
    }
  }

  private func compare(_ flow: Flow, _ tracer: Tracer, _ driver: TrafficDriver, _ seed: UInt64) throws {
    let trace = tracer.trace(flow)
    #expect(tracer.verdict(of: flow) == trace.verdict)
    let arrival = try driver.drive(flow, patience: trace.verdict == .drop ? 60 : 2_000)
    if let contradiction = trace.contradiction(arrival) {
      Issue.record("seed \(seed): \(trace.heading) \(contradiction)\n\(trace.text)")
    }
  }
}
