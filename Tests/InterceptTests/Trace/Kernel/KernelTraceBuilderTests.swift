import Intercept
import TestSupport
import Testing

/// Kernel traces in the form of simulated ones.
struct KernelTraceBuilderTests {
  private static let rules = RulesetBuilder.build(.sidecar())[0]

  private static func packet(
    to: String, in inInterface: InterfaceName? = nil, out outInterface: InterfaceName? = nil
  ) -> KernelPacket {
    KernelPacket(
      .tcp, from: endpoint("10.12.0.11:40000"), to: endpoint(to), in: inInterface, out: outInterface)
  }

  private static func jump(_ chain: String, _ index: Int, to next: String) -> MatchedRule {
    MatchedRule(chain, index, handle: 0, .jump(next))
  }

  private static let captured: [ChainTraversal] = {
    let matches = [
      jump("OUTPUT", 1, to: "ISTIO_OUTPUT"), jump("ISTIO_OUTPUT", 9, to: "ISTIO_REDIRECT"),
      MatchedRule("ISTIO_REDIRECT", 1, handle: 0, .accept),
    ]
    return [
      ChainTraversal(at: .output, .nftrace, packet(to: "10.0.23.154:5701", out: .eth0)),
      ChainTraversal(
        at: .output, .iptables(.nat), packet(to: "10.0.23.154:5701", out: .eth0), matches: matches),
      ChainTraversal(at: .postrouting, .nftrace, packet(to: "127.0.0.1:15001", out: .loopback)),
      ChainTraversal(at: .prerouting, .nftrace, packet(to: "127.0.0.1:15001", in: .loopback)),
      ChainTraversal(at: .input, .nftrace, packet(to: "127.0.0.1:15001", in: .loopback)),
    ]
  }()

  private static func trace(
    _ visits: [ChainTraversal], _ asked: Flow = .out("10.0.23.154:5701"), isComplete: Bool = true
  ) throws -> (kernel: Trace, paper: Trace) {
    let story = KernelPacketTrace(visits, isComplete: isComplete, rules: rules)
    let flow = try #require(story.first?.flow(like: asked))
    let paper = Tracer(rules).trace(flow)
    return (Trace(story, of: flow, simulated: paper), paper)
  }

  @Test func itReadsLikeASimulatedTrace() throws {
    let (kernel, paper) = try Self.trace(Self.captured)
    #expect(kernel.text() == paper.text())
    #expect(kernel.verdict == .redirected("127.0.0.1:15001"))
    #expect(kernel.decision == paper.decision)
    #expect(kernel.originalDestination == endpoint("10.0.23.154:5701"))
  }

  @Test func whereItGoesIsWhatTheKernelSaw() throws {
    var visits = Self.captured
    visits[3] = ChainTraversal(at: .prerouting, .nftrace, Self.packet(to: "127.0.0.1:7", in: .loopback))
    visits.remove(at: 2)
    #expect(try Self.trace(visits).kernel.verdict == .redirected("127.0.0.1:7"))
    let cut = try Self.trace(Array(Self.captured.prefix(2)), isComplete: false).kernel
    #expect(cut.verdict == .redirected("127.0.0.1:15001"), "what the rule says, where no more is known")
  }

  @Test func theKernelIsRightWhereTheSimulationIsNot() throws {
    var visits = Self.captured
    visits[1].matches = [
      Self.jump("OUTPUT", 1, to: "ISTIO_OUTPUT"), MatchedRule("ISTIO_OUTPUT", 4, handle: 0, .return),
    ]
    visits[1].policy = .accept
    let (kernel, paper) = try Self.trace(
      visits.prefix(2) + [
        ChainTraversal(at: .postrouting, .nftrace, Self.packet(to: "10.0.23.154:5701", out: .eth0))
      ])
    #expect(kernel.verdict == .accept)
    #expect(kernel.decision?.place.index == 4)
    #expect(kernel.matchedPlaces != paper.matchedPlaces)
    #expect(
      kernel.summary.hasPrefix(
        "NOT CAPTURED: leaves via eth0, past the proxy, because of rule 4 of ISTIO_OUTPUT (nat)"))
  }

  @Test func ofAnUnknownOwnerNothingIsSaid() throws {
    var asked = Flow.out("10.0.23.154:5701")
    (asked.owner, asked.isOwnerUnknown) = (nil, true)
    let kernel = try Self.trace(Self.captured, asked).kernel
    let owners = kernel.steps.filter { $0.rule.text == "-m owner --uid-owner 1337 -j RETURN" }
    #expect(owners.map(\.outcome) == ["no: the kernel reports no match"])
    #expect(!kernel.text().contains("socket"))
    #expect(kernel.heading == "outbound TCP to 10.0.23.154:5701 via eth0, from 10.12.0.11:40000")
  }

  @Test func aPolicyAndAForeignRuleMayDrop() throws {
    var visits = Array(Self.captured.prefix(2))
    visits[1].matches = []
    visits[1].policy = .drop
    let policy = try Self.trace(visits).kernel
    #expect(policy.verdict == .drop && policy.decision == nil)
    #expect(policy.summary == "dropped by the policy of OUTPUT (nat)")
    visits[1] = ChainTraversal(
      at: .output, .other("inet fw"), Self.packet(to: "10.0.23.154:5701"), policy: .drop)
    #expect(try Self.trace(visits).kernel.summary == "dropped by the policy of output in inet fw")
    visits[1].policy = nil
    visits[1].matches = [MatchedRule("out", nil, handle: 12, .drop)]
    #expect(try Self.trace(visits).kernel.summary == "dropped by the rule with handle 12 of out in inet fw")
  }

  @Test func translationThatIsNotModelledShows() throws {
    let there = [
      ChainTraversal(at: .prerouting, .nftrace, Self.packet(to: "10.12.0.11:80", in: .eth0)),
      ChainTraversal(at: .input, .nftrace, Self.packet(to: "10.12.0.11:8080", in: .eth0)),
    ]
    #expect(try Self.trace(there, .into("10.12.0.11:80")).kernel.verdict == .redirected("10.12.0.11:8080"))
  }

  @Test func withoutAListenerTProxyDrops() throws {
    let configuration = Configuration.sidecar { $0.interception = .tproxy(mark: 1337, table: 133) }
    let rules = RulesetBuilder.build(configuration)[0]
    let chain = try #require(rules[.mangle, .istioTproxy])
    let index =
      try #require(chain.rules.firstIndex { if case .tproxy = $0.target { true } else { false } }) + 1
    func trace(_ effect: KernelVerdict) -> Trace {
      let visit = ChainTraversal(
        at: .prerouting, .iptables(.mangle), Self.packet(to: "10.12.0.11:80", in: .eth0),
        matches: [MatchedRule("ISTIO_TPROXY", index, handle: 0, effect)])
      return Trace(KernelPacketTrace([visit], isComplete: true, rules: rules), of: .into("10.12.0.11:80"))
    }
    #expect(trace(.accept).verdict == .tproxy(port: 15006))
    let dropped = trace(.drop)
    #expect(dropped.verdict == .drop)
    #expect(dropped.summary.hasPrefix("dropped by rule \(index) of ISTIO_TPROXY (mangle)"))
    #expect(
      dropped.steps.last?.outcome
        == "yes: delivered unchanged to the listener on port 15006, "
        + "but no socket with IP_TRANSPARENT listens there: dropped")
  }

  @Test func anEmptyTraceIsNoTrap() {
    let trace = Trace(KernelPacketTrace([], isComplete: false, rules: Self.rules), of: .out("10.0.0.1:80"))
    #expect(trace.steps.isEmpty && trace.verdict == .accept)
  }

  @Test func aRuleThatIsGoneIsLeftOut() throws {
    var visits = Self.captured
    visits[1].matches = [
      MatchedRule("gone", nil, handle: 3, .accept), MatchedRule("OUTPUT", 99, handle: 4, .accept),
    ]
    #expect(try Self.trace(visits).kernel.matchedPlaces.isEmpty)
  }
}
