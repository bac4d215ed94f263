import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Both forms of the same rules do the same: real connections, one by one through the one and through the other,
/// compared by where they end.
///
/// TRACE_SEED chooses other random rules and connections, SOAK_ROUNDS how many rule sets are tried.
@Suite(.enabled(if: canUseKernel), .serialized)
struct FormAgreementPropertyTests {
  private static let seed = givenNumber("TRACE_SEED") ?? 20_261_122
  private static let rounds = Soak.rounds(42)

  @Test func rulesOfConfigurations() throws {
    var cases: [TestedCase] = []
    for round in 0..<Self.rounds {
      let seed = Self.seed &+ UInt64(round)
      cases.append(TestedCase("seed \(seed)", RulesetBuilder.build(.traffic(seed: seed)), seed))
    }
    let tally = try compare(cases, flows: 50)
    #expect(tally.total >= Self.rounds * 49)
    guard Self.rounds >= 42 else { return }
    #expect(tally.total >= 2_000)
    for port in [15001, 15006, 15053] as [Port] { #expect(tally.count(port) > 20, "port \(port)") }
  }

  /// The option sets whose texts are in golden/, by those of the newest release.
  @Test func goldenRules() throws {
    let cases = GoldenRules.newest.enumerated().map { number, golden in
      TestedCase(golden.name, golden.rulesets, Self.seed &+ UInt64(number))
    }
    #expect(cases.count > 40)
    #expect(try compare(cases, flows: 20).total >= cases.count * 19)
  }

  /// Drives connections through both forms of some rules, each form between namespaces of its own. One case's rules
  /// take the place of the other's there.
  private func compare(_ cases: [TestedCase], flows count: Int) throws -> FormTally {
    var tally = FormTally()
    let marks = cases.reduce(into: Set<Mark>([1337])) { $0.formUnion($1.tproxyMarks) }
    try TrafficBed.with { one in
      try TrafficBed.with { other in
        let pairs = try [(one, InterceptionRules.Backend.iptablesNFT), (other, .nftables)].map { bed, form in
          (driver: try Self.driver(bed, marks), rules: InterceptionRules(as: form))
        }
        for tested in cases {
          for pair in pairs {
            try pair.driver.bed.inside(.app) { _ = try pair.rules.apply(tested.rulesets, .reconcile) }
          }
          try drive(tested, flows: count, through: pairs.map(\.driver), &tally)
        }
      }
    }
    return tally
  }

  private func drive(
    _ tested: TestedCase, flows count: Int, through drivers: [TrafficDriver], _ tally: inout FormTally
  ) throws {
    var flows = RandomFlows(seed: tested.seed, namesSource: false)
    for _ in 0..<count {
      guard let flow = flows.next(flows.random.pick([.tcp, .udp]), marks: [1337, 1338, 5]) else {
        continue
      }
      // Both are under way at once, so that one wait will do for those that get nowhere.
      let attempts = try drivers.map { ($0, try $0.begin(flow)) }
      let end = ContinuousClock.now + .seconds(1)
      let arrivals = try attempts.map { driver, attempt in
        let patience = max(100, (end - .now) / .milliseconds(1))
        return try attempt.flatMap { try driver.arrival(of: $0, Int32(patience)) }?.fromOutside
      }
      #expect(arrivals[0] == arrivals[1], "\(tested.name): \(flow)")
      tally.add(arrivals[0])
    }
  }

  private static func driver(_ bed: TrafficBed, _ marks: Set<Mark>) throws -> TrafficDriver {
    for (number, mark) in marks.sorted(by: { $0.rawValue < $1.rawValue }).enumerated() {
      try bed.lead(mark, to: RouteTable(rawValue: 133 + UInt32(number)))
    }
    let driver = try TrafficDriver(bed)
    try driver.warmUp()
    return driver
  }
}

/// Rules, what they are called in a message, and what the connections through them hang on.
private struct TestedCase {
  let name: String
  let rulesets: [Ruleset]
  let seed: UInt64

  init(_ name: String, _ rulesets: [Ruleset], _ seed: UInt64) {
    (self.name, self.rulesets, self.seed) = (name, rulesets, seed)
  }

  /// The marks that TPROXY rules give to packets.
  var tproxyMarks: Set<Mark> {
    let rules = rulesets.compactMap { $0[.mangle] }.flatMap(\.chains).flatMap(\.rules)
    return Set(
      rules.compactMap { if case .tproxy(let target) = $0.target { target.mark.value } else { nil } })
  }
}

extension Arrival {
  /// The arrival without a trace of connection tracking, which a family may have without a rule that needs it.
  fileprivate var fromOutside: Arrival {
    Arrival(place: place, port: port, local: local, original: original == local ? nil : original)
  }
}

/// The number of connections by their end.
private struct FormTally {
  private(set) var total = 0
  private var ports: [Port: Int] = [:]

  mutating func add(_ arrival: Arrival?) {
    total += 1
    if let arrival, arrival.place == .app { ports[arrival.port, default: 0] += 1 }
  }

  func count(_ port: Port) -> Int { ports[port, default: 0] }
}
