import Intercept
import TestSupport
import Testing

/// Traces of connections through the rules that the injector's options build.
@Suite struct SidecarTraceTests {
  @Test(
    arguments: [
      ("10.0.23.154:5701", 1000, Verdict.redirected("127.0.0.1:15001"), "rule 1 of ISTIO_REDIRECT (nat)"),
      ("10.0.23.154:5701", 201507, .accept, "rule 4 of ISTIO_OUTPUT (nat)"),
      ("127.0.0.1:8080", 1000, .accept, "rule 3 of ISTIO_OUTPUT (nat)"),
      ("127.0.0.1:8080", 201507, .accept, "rule 4 of ISTIO_OUTPUT (nat)"),
      ("10.12.0.11:8080", 1000, .accept, "rule 3 of ISTIO_OUTPUT (nat)"),
      ("10.12.0.11:8080", 201507, .redirected("127.0.0.1:15006"), "rule 1 of ISTIO_IN_REDIRECT (nat)"),
    ] as [(String, UInt32, Verdict, String)])
  func outbound(_ to: String, _ uid: UInt32, _ verdict: Verdict, _ rule: String) {
    let flow = Flow.out(to, uid: uid, from: "10.12.0.11")
    let trace = Configuration.documented.tracer().trace(flow)
    #expect(trace.verdict == verdict)
    #expect(trace.decision?.place.description == rule)
    #expect(Configuration.documented.tracer().verdict(of: flow) == verdict)
  }

  @Test(arguments: [
    ("10.12.0.11:15021", Verdict.accept, "rule 3 of ISTIO_INBOUND (nat)"),
    ("10.12.0.11:15008", .accept, "rule 1 of ISTIO_INBOUND (nat)"),
    ("10.12.0.11:8080", .redirected("10.12.0.11:15006"), "rule 1 of ISTIO_IN_REDIRECT (nat)"),
  ])
  func inbound(_ to: String, _ verdict: Verdict, _ rule: String) {
    let trace = Configuration.documented.tracer().trace(.into(to))
    #expect(trace.verdict == verdict)
    #expect(trace.decision?.place.description == rule)
  }

  @Test func whatTheProxyHandsToTheApp() {
    let flow = Flow(
      .outbound, to: endpoint("10.12.0.11:8080"), from: IPAddress("127.0.0.6"), interface: .loopback,
      owner: .numbered(1337, 1337))
    let trace = Configuration.sidecar().tracer().trace(flow)
    #expect(trace.verdict == .accept)
    #expect(trace.decision?.place.description == "rule 1 of ISTIO_OUTPUT (nat)")
  }

  @Test func theStoryOfACapturedConnection() {
    let trace = Configuration.documented.tracer().trace(.out("10.0.23.154:5701"))
    #expect(trace.originalDestination == endpoint("10.0.23.154:5701"))
    #expect(trace.port == 15001)
    let hooks = trace.events.compactMap { if case .hook(let hook, _) = $0 { hook } else { nil } }
    #expect(hooks == [.output, .postrouting, .prerouting, .input])
    #expect(trace.events.contains(.natSkipped(.decidedBefore)))
    #expect(trace.events.contains(.rerouted(to: .loopback)))
    let last = trace.steps.last { $0.place.chain == "ISTIO_OUTPUT" }
    #expect(last?.place.index == 9)
    #expect(last?.isMatch == true)
  }

  @Test(
    arguments: [
      ("10.0.0.9:53", 1000, IPProtocol.udp, Verdict.redirected("127.0.0.1:15053")),
      ("10.0.0.9:53", 1337, .udp, .accept),
      ("10.0.0.9:54", 1000, .udp, .accept),
      ("10.0.0.9:53", 1000, .tcp, .redirected("127.0.0.1:15053")),
      ("10.0.0.10:53", 1000, .udp, .accept),
      ("10.0.0.10:53", 1000, .tcp, .redirected("127.0.0.1:15001")),
    ] as [(String, UInt32, IPProtocol, Verdict)])
  func dns(_ to: String, _ uid: UInt32, _ proto: IPProtocol, _ verdict: Verdict) {
    for release in IstioRelease.all {
      let configuration = Configuration.sidecar {
        $0.release = release
        $0.dns = .servers([IPAddress("10.0.0.9")].compactMap { $0 })
      }
      #expect(
        configuration.tracer().verdict(of: .out(to, uid: uid, gid: uid, proto)) == verdict, "\(release)")
    }
  }

  @Test func dnsZones() {
    let configuration = Configuration.sidecar { $0.dns = .all }
    #expect(configuration.tracer().trace(.out("10.0.0.9:53", .udp)).packet.zone == .applicationDNS)
    #expect(configuration.tracer().trace(.out("10.0.0.9:53", uid: 1337, .udp)).packet.zone == .upstreamDNS)
  }

  @Test(arguments: [
    ("[fd00::1]:80", Verdict.redirected("[::1]:15001")), ("[::1]:80", .accept),
  ])
  func ipv6(_ to: String, _ verdict: Verdict) {
    let configuration = Configuration.sidecar { $0.includesIPv6 = true }
    #expect(configuration.tracer(.ipv6).verdict(of: .out(to)) == verdict)
  }
}
