import Intercept
import Testing

/// Rules that are not modelled make both outcomes possible, and only those.
@Suite struct DoubtTests {
  private let flow = Flow.out("10.0.0.1:80")
  private let perhaps = Match.opaque(OpaqueMatch("-m statistic --mode random --probability 0.5"))

  private func trace(_ rules: Rule...) -> Trace {
    tracer([.nat: [("OUTPUT", rules), ("A", [Rule([], .redirect(1))])]]).trace(flow)
  }

  @Test func aRuleThatMayDecide() {
    let trace = trace(Rule([perhaps], .return), Rule([], .redirect(15001)))
    #expect(trace.verdict == .unknown)
    #expect(trace.decision?.place.description == "rule 1 of OUTPUT (nat)")
    #expect(trace.doubt == Doubt(ifMatched: .accept, otherwise: .redirected("127.0.0.1:15001")))
    #expect(trace.steps.map(\.result) == [.uncertain(.iptables(perhaps)), .matched])
  }

  @Test func aRuleThatMakesNoDifference() {
    #expect(
      trace(Rule([perhaps], .redirect(1)), Rule([], .redirect(1))).verdict == .redirected("127.0.0.1:1"))
    #expect(trace(Rule([perhaps], .to("A")), Rule([], .redirect(1))).verdict == .redirected("127.0.0.1:1"))
    #expect(trace(Rule([perhaps], .none), Rule([], .redirect(1))).verdict == .redirected("127.0.0.1:1"))
  }

  @Test func anotherConditionFailsForCertain() {
    #expect(trace(Rule([perhaps, .outInterface(.is(.loopback))], .redirect(1))).verdict == .accept)
  }

  @Test func manyDoubtsInARow() {
    let passing = Array(repeating: Rule([perhaps], .mark(MarkTarget(set: MaskedMark(1)))), count: 40)
    #expect(tracer([.mangle: [("INPUT", passing)]]).verdict(of: flow) == .accept)
    let rules = tracer([.mangle: [("OUTPUT", passing)]])
    #expect(rules.verdict(of: flow) == .unknown)
  }

  @Test(arguments: [
    ("LOG --log-prefix x", Verdict.redirected("127.0.0.1:1")), ("REJECT", .reject), ("MASQUERADE", .accept),
    ("WHATEVER", .unknown),
  ])
  func targetsThatAreNotModelled(_ text: String, _ verdict: Verdict) {
    #expect(trace(Rule([], .opaque(OpaqueTarget(text))), Rule([], .redirect(1))).verdict == verdict)
  }

  @Test func anAddressThatIsNotGiven() throws {
    let block = try #require(CIDR("10.0.0.0/8"))
    let loopback = try #require(CIDR("127.0.0.6/32"))
    #expect(trace(Rule([.source(.is(block))], .return), Rule([], .redirect(1))).verdict == .unknown)
    #expect(trace(Rule([.source(.is(loopback))], .return), Rule([], .redirect(1))).port == 1)
  }

  @Test func aPortThatTheKernelPicks() {
    func result(_ from: Port, _ to: Port) -> Verdict {
      let range = PortRange(from: from, to: to).map { Match.tcp(TCPMatch(source: .is($0))) }
      return trace(Rule([range].compactMap { $0 }, .return), Rule([], .redirect(1))).verdict
    }
    #expect(result(1, 1023) == .redirected("127.0.0.1:1"))
    #expect(result(1024, 65535) == .accept)
    #expect(result(40000, 40010) == .unknown)
  }
}
