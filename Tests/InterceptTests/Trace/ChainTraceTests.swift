import Intercept
import Testing

@Suite struct ChainTraceTests {
  private let flow = Flow.out("10.0.0.1:80")

  @Test func returnGoesToTheCaller() {
    let rules = tracer([
      .nat: [
        ("OUTPUT", [Rule([], .to("A")), Rule([], .redirect(2))]),
        ("A", [Rule([], .return), Rule([], .redirect(1))]),
      ]
    ])
    #expect(rules.verdict(of: flow) == .redirected("127.0.0.1:2"))
  }

  @Test func gotoDoesNotComeBack() throws {
    let other = try #require(ChainName("B"))
    let rules = tracer([
      .nat: [
        ("OUTPUT", [Rule([], .to("A")), Rule([], .redirect(2))]),
        ("A", [Rule([], .goto(other)), Rule([], .redirect(1))]),
        ("B", []),
      ]
    ])
    #expect(rules.verdict(of: flow) == .redirected("127.0.0.1:2"))
  }

  @Test func acceptEndsTheTableAlone() {
    let rules = tracer([
      .mangle: [("OUTPUT", [Rule([], .accept), Rule([], .drop)])],
      .filter: [("OUTPUT", [Rule([], .drop)])],
    ])
    let trace = rules.trace(flow)
    #expect(trace.verdict == .drop)
    #expect(trace.decision?.place.description == "rule 1 of OUTPUT (filter)")
  }

  @Test func policies() throws {
    let chain = Chain(ChainName(.output), policy: .drop)
    let trace = Tracer(Ruleset(.ipv4, tables: [Table(.filter, chains: [chain])])).trace(flow)
    #expect(trace.verdict == .drop)
    #expect(trace.decision == nil)
    #expect(trace.events.contains(.policy(.drop, .iptables(.filter), chain: "OUTPUT")))
  }

  @Test func chainsThatCallThemselvesComeToAnEnd() {
    let rules = tracer([
      .mangle: [
        ("OUTPUT", [Rule([], .to("A"))]), ("A", [Rule([], .to("B"))]), ("B", [Rule([], .to("A"))]),
      ]
    ])
    let trace = rules.trace(flow)
    #expect(trace.verdict == .unknown)
    #expect(trace.decision?.place.description == "rule 1 of B (mangle)")
  }

  @Test func chainsThatAreMissing() {
    #expect(tracer([.mangle: [("OUTPUT", [Rule([], .to("A"))])]]).verdict(of: flow) == .unknown)
  }

  @Test func chainsDeeperThanTheKernelGoes() {
    let chains = (0..<40).map { ("C\($0)", [Rule([], Target.to("C\($0 + 1)"))]) }
    let rules = tracer([.mangle: [("OUTPUT", [Rule([], .to("C0"))])] + chains + [("C40", [])]])
    #expect(rules.verdict(of: flow) == .unknown)
  }
}
