import Intercept
import TestSupport
import Testing

/// Compares traces with what becomes of real connections, under one rule set.
struct TraceAgreement {
  private let tracers: [IPFamily: Tracer]
  /// Tracers for the same rules in other words, which must have the same verdicts.
  private let others: [IPFamily: Tracer]
  private let driver: TrafficDriver
  private let seed: UInt64
  /// Attempts that the rules should drop; the end of the run shows that none arrived.
  private var lost: [(attempt: Attempt, trace: Trace)] = []

  init(_ rules: TestedRules, _ driver: TrafficDriver, _ seed: UInt64) {
    func tracers(_ rulesets: [Ruleset]) -> [IPFamily: Tracer] {
      rulesets.reduce(into: [:]) { $0[$1.family] = Tracer($1, in: TrafficBed.surroundings(1337)) }
    }
    self.tracers = tracers(rules.traced)
    others = tracers(rules.original)
    self.driver = driver
    self.seed = seed
  }

  /// Drives random connections of some protocols.
  mutating func drive(_ count: Int, _ protocols: [IPProtocol], _ tally: inout TrafficTally) throws {
    var flows = RandomFlows(seed: seed, namesSource: protocols == [.udp])
    for _ in 0..<count {
      guard let flow = flows.next(flows.random.pick(protocols), marks: [1337, 1338, 5]),
        let tracer = tracers[flow.destination.address.family]
      else { continue }
      let trace = tracer.trace(flow)
      #expect(tracer.verdict(of: flow) == trace.verdict)
      if let other = others[flow.destination.address.family] {
        #expect(other.verdict(of: flow) == trace.verdict)
      }
      try compare(trace)
      tally.add(trace)
    }
    try checkLost()
  }

  private mutating func compare(_ trace: Trace) throws {
    let attempt = try driver.begin(trace.flow)
    guard trace.verdict != .drop else {
      guard let attempt else { return }
      driver.abandon(attempt)
      return lost.append((attempt, trace))
    }
    judge(trace, try attempt.flatMap { try driver.arrival(of: $0, 2_000) })
  }

  private func checkLost() throws {
    let strays = try driver.takeStrays(patience: 30)
    for (attempt, trace) in lost { judge(trace, attempt.sign.flatMap { strays[$0] }) }
  }

  private func judge(_ trace: Trace, _ arrival: Arrival?) {
    guard let contradiction = trace.contradiction(arrival) else { return }
    Issue.record("seed \(seed): \(trace.heading) \(contradiction)\n\(trace.text())")
  }
}

/// The number of connections made, by kind.
struct TrafficTally {
  private var counts: [String: Int] = [:]
  private(set) var total = 0

  mutating func add(_ trace: Trace) {
    total += 1
    let word = String("\(trace.verdict)".prefix { $0 != "(" })
    counts[Self.key(trace.flow.destination.address.family, trace.flow.proto, word), default: 0] += 1
  }

  /// The number that ended with a verdict: `accept`, `redirect`, `tproxy` or `drop`.
  func count(_ family: IPFamily, _ proto: IPProtocol, _ verdict: String) -> Int {
    counts[Self.key(family, proto, verdict), default: 0]
  }

  private static func key(_ family: IPFamily, _ proto: IPProtocol, _ verdict: String) -> String {
    "\(family) \(proto) \(verdict)"
  }
}
