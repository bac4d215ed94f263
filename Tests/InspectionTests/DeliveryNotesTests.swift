import Inspection
import Intercept
import Testing

/// The facts of a pod that a trace names beside the verdict.
struct DeliveryNotesTests {
  private static func lines(
    _ user: UInt32 = 1000, _ change: (inout PodFacts) throws -> Void = { _ in }
  ) throws -> [String] {
    var facts = try SamplePod.facts()
    try change(&facts)
    var flow = Flow(.outbound, to: try SamplePod.end("10.9.9.9:80"))
    flow.owner = UserID(rawValue: user).flatMap { user in
      GroupID(rawValue: user.rawValue).map { SocketOwner(user: user, group: $0) }
    }
    let trace = Tracer(facts.rulesets[0]).trace(flow)
    let notes = DeliveryNotes(SamplePod.sidecar, facts.listeners, facts.processes)
    return notes.delivery(trace) + notes.sender(flow)
  }

  @Test func `a healthy pod has none`() throws {
    #expect(try Self.lines() == [])
    #expect(try Self.lines(1337) == [])
  }

  @Test func `a redirection to a port without a listener is refused`() throws {
    let lines = try Self.lines { $0.listeners.removeAll { $0.port == 15001 } }
    #expect(lines == ["no listener on 15001: refused"])
  }

  @Test func `a foreign process on the proxy's port is named`() throws {
    let python = ListeningSocket.Process(id: 77, name: "python3")
    let lines = try Self.lines {
      $0.listeners.removeAll { $0.port == 15001 }
      $0.listeners.append(try SamplePod.listener(15001, 1000, python))
    }
    #expect(lines == ["15001 belongs to python3 (uid 1000), not the proxy"])
  }

  @Test func `an app that runs as the proxy's user is named`() throws {
    let lines = try Self.lines(1337) { $0.processes.append(SamplePod.process(55, "python3", 1337)) }
    #expect(lines.count == 1 && lines[0].hasPrefix("python3 (pid 55) runs as uid 1337"))
  }

  @Test(arguments: [(nil, true), (false, true), (true, false)] as [(Bool?, Bool)])
  func `TPROXY drops packets without a transparent socket`(isTransparent: Bool?, isLost: Bool) throws {
    var configuration = SamplePod.sidecar
    configuration.inboundPorts = .all(except: [])
    configuration.interception = .tproxy(mark: .defaultTProxy, table: 133)
    let rules = try #require(RulesetBuilder.build(configuration).first { $0.family == .ipv4 })
    let trace = Tracer(rules).trace(Flow(.inbound, to: try SamplePod.end("10.244.1.7:8080")))
    #expect(trace.verdict == .tproxy(port: 15006))
    let any = try #require(IPAddress("0.0.0.0"))
    let listeners = isTransparent.map {
      [ListeningSocket(.tcp, any, 15006, of: UserID(rawValue: 1337), isTransparent: $0)]
    }
    let notes = DeliveryNotes(configuration, listeners ?? [], []).delivery(trace)
    #expect(notes.count == (isLost ? 1 : 0))
    #expect(trace.summary(delivery: notes).contains("not delivered") == isLost)
  }
}
