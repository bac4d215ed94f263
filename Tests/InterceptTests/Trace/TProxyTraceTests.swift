import Intercept
import TestSupport
import Testing

@Suite struct TProxyTraceTests {
  private let tracer = Configuration.sidecar { $0.interception = .tproxy(mark: 1337, table: 133) }.tracer()

  @Test func inboundConnectionsKeepTheirAddresses() {
    let trace = tracer.trace(.into("10.12.0.11:8080", from: "10.9.9.9"))
    #expect(trace.verdict == .tproxy(port: 15006))
    #expect(trace.packet.destination == IPAddress("10.12.0.11"))
    #expect(trace.packet.mark == 1337)
    #expect(trace.originalDestination == endpoint("10.12.0.11:8080"))
  }

  @Test func excludedPorts() {
    #expect(tracer.verdict(of: .into("10.12.0.11:15021")) == .accept)
  }

  @Test func theProxysOwnPacketsAreNotTakenAgain() {
    var flow = Flow.into("10.12.0.11:8080")
    flow.mark = 1337
    #expect(tracer.trace(flow).packet.connectionMark == 1337)
    #expect(tracer.verdict(of: flow) == .accept)
  }

  @Test func packetsUnderWayAreMarked() {
    var flow = Flow.into("10.12.0.11:8080")
    flow.state = .established
    let trace = tracer.trace(flow)
    #expect(trace.verdict == .accept)
    #expect(trace.packet.mark == 1337)
    #expect(trace.decision?.place.description == "rule 2 of ISTIO_DIVERT (mangle)")
  }

  @Test func anAnswerOfTheAppGoesBackByLo() {
    var flow = Flow.out("10.9.9.9:50000")
    flow.state = .established
    flow.connectionMark = 1337
    let trace = tracer.trace(flow)
    #expect(trace.events.contains(.rerouted(to: .loopback)))
    #expect(trace.packet.mark == 1337)
  }

  @Test func aSelfCallOfTheProxyIsTakenInNATBeforeItComesToLo() {
    let trace = tracer.trace(.out("10.12.0.11:8080", uid: 1337, gid: 1337, from: "10.12.0.11"))
    #expect(trace.verdict == .redirected("127.0.0.1:15006"))
    #expect(trace.packet.mark == 1338)
  }

  @Test func whatIsNotForThisHostNeedsThePolicyRoute() {
    let rule = Rule(
      [], .tproxy(TProxyTarget(port: 15006, address: .ipv4(IPv4Address(0, 0, 0, 0)), mark: MaskedMark(7))))
    for (marks, verdict) in [([MaskedMark(7)], Verdict.tproxy(port: 15006)), ([], .drop)] {
      let surroundings = HostContext(loopbackMarks: marks, acceptsAllInbound: false)
      let rules = InterceptTests.tracer([.mangle: [("PREROUTING", [rule])]], in: surroundings)
      #expect(rules.verdict(of: .into("192.0.2.1:80")) == verdict)
    }
  }

  /// nat follows TPROXY, and the listener assigned by TPROXY keeps the packet.
  @Test func aRedirectBehindTPROXYDoesNotTakeTheConnectionAway() {
    let configuration = Configuration.sidecar {
      $0.interception = .tproxy(mark: 1337, table: 133)
      $0.virtualInterfaces = [InterfacePattern("eth0")].compactMap { $0 }
    }
    let trace = configuration.tracer().trace(.into("10.12.0.11:5701"))
    #expect(trace.verdict == .tproxy(port: 15006))
    #expect(trace.packet.destinationPort == 15001)
  }

  /// IPv4 selects the destination as source; IPv6 may select any address of the host, such as ::6.
  @Test func theSourceOfWhatAMarkLeadsToLo() {
    let configuration = Configuration.sidecar {
      $0.includesIPv6 = true
      $0.interception = .tproxy(mark: 1337, table: 133)
    }
    for (family, to, verdict) in [
      (IPFamily.ipv4, "192.0.2.7:80", Verdict.accept), (.ipv6, "[2001:db8::7]:80", .unknown),
    ] {
      var flow = Flow.out(to, uid: 1337)
      flow.mark = 1337
      let trace = configuration.tracer(family).trace(flow)
      #expect(trace.interface == .loopback)
      #expect(trace.verdict == (family == .ipv4 ? .redirected("127.0.0.1:15006") : verdict))
    }
  }
}
