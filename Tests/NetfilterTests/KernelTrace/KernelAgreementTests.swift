import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// The simulated trace and the kernel's name the same rules for the same connection.
@Suite(.enabled(if: canUseKernel), .serialized)
struct KernelAgreementTests {
  private static let seed: UInt64 = 20_261_121

  @Test(arguments: 0..<8 as Range<UInt64>)
  func rulesOfConfigurations(_ round: UInt64) throws {
    let rulesets = RulesetBuilder.build(Self.configuration(round))
    try drive(TestedRules(iptables: rulesets), seed: Self.seed + round)
  }

  @Test(arguments: 8..<14 as Range<UInt64>)
  func rulesOfTheNativeForm(_ round: UInt64) throws {
    let rulesets = RulesetBuilder.build(Self.configuration(round))
    try drive(TestedRules(native: rulesets), seed: Self.seed + round)
  }

  private static func configuration(_ round: UInt64) -> Configuration {
    .traffic(seed: seed + round)
  }

  private func drive(_ rules: TestedRules, seed: UInt64) throws {
    let count = try TrafficBed.with { bed in
      try bed.lead(1337, to: 133)
      let driver = try TrafficDriver(bed)
      try driver.warmUp()
      try bed.inside(.app) { try rules.install() }
      var flows = RandomFlows(seed: seed, namesSource: false)
      var traced = 0
      for number in 0..<12 {
        let proto = number.isMultiple(of: 2) ? IPProtocol.tcp : .udp
        guard let flow = flows.next(proto, marks: [1337, 1338, 5]) else { continue }
        try compare(flow, driver)
        traced += 1
      }
      return traced
    }
    #expect(count >= 10)
  }

  /// Drives a connection and compares the kernel's trace with a simulated trace of the same packet.
  private func compare(_ asked: Flow, _ driver: TrafficDriver) throws {
    let watched = TracedConnection(asked, user: asked.owner?.user, group: asked.owner?.group)
    var watch = try driver.bed.inside(.app) { try KernelTraceSession.begin(watched) }
    // A dropped packet gets no answer; none is needed here.
    _ = try driver.drive(asked, patience: 1)
    let packetTrace = try driver.bed.inside(.app) { try watch.nextTrace() }
    let flow = try #require(packetTrace.first?.flow(like: asked))
    let paper = Tracer(packetTrace.rules, in: TrafficBed.surroundings(1337)).trace(flow)
    let kernel = Trace(packetTrace, of: flow, simulated: paper)
    #expect(packetTrace.isComplete, "\(kernel.text())")
    #expect(kernel.matchedPlaces == paper.matchedPlaces, "kernel:\n\(kernel.text())\npaper:\n\(paper.text())")
    #expect(kernel.outcome == paper.outcome, "kernel:\n\(kernel.text())\npaper:\n\(paper.text())")
    #expect(kernel.decision == paper.decision, "kernel:\n\(kernel.text())\npaper:\n\(paper.text())")
    // The simulation guesses the address of the interface that REDIRECT picks.
    if kernel.verdict == paper.verdict { #expect(kernel.text() == paper.text()) }
  }
}

extension Trace {
  /// The verdict, without the address that REDIRECT picks.
  fileprivate var outcome: String {
    switch verdict {
    case .redirect(let listener): "redirect to \(listener.port)"
    case .accept, .dnat, .tproxy, .drop, .reject, .unknown: verdict.words
    }
  }
}

extension KernelTraceSession {
  /// The next packet trace of the kernel, within half a minute.
  mutating func nextTrace() throws -> KernelPacketTrace {
    guard case .trace(let packetTrace) = try next(by: .now + .seconds(30)) else { throw NoTrace() }
    return packetTrace
  }

  struct NoTrace: Error {}
}
