import Intercept

/// Verdicts of the tracer per second: `swift run -c release trace-benchmark`.
@main enum TraceBenchmark {
  static func main() {
    let configuration = sidecar
    for ruleset in RulesetBuilder.build(configuration) {
      measure(Tracer(ruleset), flows(10_000), "\(ruleset.family), \(ruleset.ruleCount) rules")
    }
  }

  /// The injector's default options.
  private static var sidecar: Configuration {
    var configuration = Configuration()
    configuration.inboundPorts = .all(except: [PortRange(15090), PortRange(15021), PortRange(15020)])
    configuration.outboundCIDRs = .all
    return configuration
  }

  private static func measure(_ tracer: Tracer, _ flows: [Flow], _ title: String) {
    let fast = rate(of: flows, rounds: 100) { tracer.verdict(of: $0) == .accept }
    let full = rate(of: flows, rounds: 5) { tracer.trace($0).verdict == .accept }
    print("\(title): \(Int(fast)) verdicts a second, \(Int(full)) traces a second (1 : \(Int(fast / full)))")
  }

  /// Flows per second; the answers are added up, so that the compiler cannot remove the work.
  private static func rate(of flows: [Flow], rounds: Int, _ isTrue: (Flow) -> Bool) -> Double {
    let clock = ContinuousClock()
    var count = 0
    let time = clock.measure {
      for _ in 0..<rounds { for flow in flows where isTrue(flow) { count += 1 } }
    }
    guard count > 0 else { return 0 }
    return Double(rounds * flows.count) / (time / .seconds(1))
  }

  private static func flows(_ count: Int) -> [Flow] {
    var random = SystemRandomNumberGenerator()
    return (0..<count).map { _ in flow(&random) }
  }

  private static func flow(_ random: inout SystemRandomNumberGenerator) -> Flow {
    let address = IPAddress.ipv4(IPv4Address(bits: 0x0a00_0000 | .random(in: 0...0xffff, using: &random)))
    let port = Port(rawValue: .random(in: 1...20_000, using: &random))
    let direction: Flow.Direction = Bool.random(using: &random) ? .outbound : .inbound
    var flow = Flow(direction, to: Endpoint(address, port))
    let number = Bool.random(using: &random) ? UInt32(1337) : 1000
    if let user = UserID(rawValue: number), let group = GroupID(rawValue: number) {
      flow.owner = SocketOwner(user: user, group: group)
    }
    return flow
  }
}
