import Glibc
import Intercept
import Netfilter
import Testing

/// Both forms of the same rules do the same: real connections, one by one through the one and through the other,
/// compared by where they end.
///
/// TRACE_SEED chooses other random rules and connections, SOAK_ROUNDS how many rule sets are tried.
@Suite(.enabled(if: canUseKernel), .serialized)
struct FormAgreementPropertyTests {
  private static let seed = number(of: "TRACE_SEED") ?? 20_261_122
  private static let rounds = Int(number(of: "SOAK_ROUNDS") ?? 42)

  private static func number(of variable: String) -> UInt64? {
    getenv(variable).flatMap { UInt64(String(cString: $0)) }
  }

  @Test func rulesOfConfigurations() throws {
    var tally = FormTally()
    for round in 0..<Self.rounds {
      let seed = Self.seed &+ UInt64(round)
      var configurations = RandomConfigurations(random: SeededRandom(seed: seed))
      try compare(RulesetBuilder.build(configurations.next()), "seed \(seed)", seed, flows: 50, &tally)
    }
    #expect(tally.total >= Self.rounds * 49)
    guard Self.rounds >= 42 else { return }
    #expect(tally.total >= 2_000)
    for port in [15001, 15006, 15053] as [Port] { #expect(tally.count(port) > 20, "port \(port)") }
  }

  /// The option sets whose texts are in golden/, by those of the newest release.
  @Test func goldenRules() throws {
    var tally = FormTally()
    for (number, golden) in GoldenRules.newest.enumerated() {
      try compare(golden.rulesets, golden.name, Self.seed &+ UInt64(number), flows: 20, &tally)
    }
    #expect(GoldenRules.newest.count > 40)
    #expect(tally.total >= GoldenRules.newest.count * 19)
  }

  /// Drives connections through both forms of some rules, each between namespaces of its own.
  private func compare(
    _ rulesets: [Ruleset], _ name: String, _ seed: UInt64, flows count: Int, _ tally: inout FormTally
  ) throws {
    try TrafficBed.with { one in
      try TrafficBed.with { other in
        let drivers = try [(one, InterceptionRules.Form.iptables), (other, .native)].map { bed, form in
          try Self.driver(bed, form, rulesets)
        }
        var flows = RandomFlows(seed: seed, namesSource: false)
        for _ in 0..<count {
          guard let flow = flows.next(flows.random.pick([.tcp, .udp]), marks: [1337, 1338, 5]) else {
            continue
          }
          let arrivals = try drivers.map { try $0.drive(flow, patience: 2_000)?.fromOutside }
          #expect(arrivals[0] == arrivals[1], "\(name): \(flow)")
          tally.add(arrivals[0])
        }
      }
    }
  }

  private static func driver(
    _ bed: TrafficBed, _ form: InterceptionRules.Form, _ rulesets: [Ruleset]
  ) throws -> TrafficDriver {
    let marks = rulesets.reduce(into: Set<Mark>([1337])) { $0.formUnion($1.tproxyMarks) }
    for (number, mark) in marks.sorted(by: { $0.rawValue < $1.rawValue }).enumerated() {
      try bed.lead(mark, to: RouteTable(rawValue: 133 + UInt32(number)))
    }
    let driver = try TrafficDriver(bed)
    try driver.warmUp()
    try bed.inside(.app) { _ = try InterceptionRules(as: form).apply(rulesets) }
    return driver
  }
}

extension Arrival {
  /// Without what only tells whether the family's connections are tracked where no rule asks for it.
  fileprivate var fromOutside: Arrival {
    Arrival(place: place, port: port, local: local, original: original == local ? nil : original)
  }
}

/// How many connections ended where.
private struct FormTally {
  private(set) var total = 0
  private var ports: [Port: Int] = [:]

  mutating func add(_ arrival: Arrival?) {
    total += 1
    if let arrival, arrival.place == .app { ports[arrival.port, default: 0] += 1 }
  }

  func count(_ port: Port) -> Int { ports[port, default: 0] }
}

extension Ruleset {
  /// The marks that TPROXY rules give to packets.
  fileprivate var tproxyMarks: Set<Mark> {
    let rules = self[.mangle]?.chains.flatMap(\.rules) ?? []
    return Set(
      rules.compactMap { if case .tproxy(let target) = $0.target { target.mark.value } else { nil } })
  }
}
