import Inspection
import Intercept
import Testing

/// A healthy pod as values: a sidecar's rules, the proxy's listeners, an app on port 8080.
enum SamplePod {
  static let envoy = ListeningSocket.Process(id: 20, name: "envoy")
  static let app = ListeningSocket.Process(id: 10, name: "app")

  static let sidecar: Configuration = {
    var configuration = Configuration()
    configuration.outboundCIDRs = .all
    configuration.inboundPorts = .all(
      except: [.envoyMetrics, .envoyReadiness, .agentStatus].map { PortRange($0) })
    return configuration
  }()

  static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  static func end(_ text: String) throws -> Endpoint { try #require(Endpoint(text)) }

  /// The facts, as the kernel would give them for the configuration.
  static func facts(_ configuration: Configuration = sidecar) throws -> PodFacts {
    var facts = PodFacts()
    facts.rulesets = RulesetBuilder.build(configuration)
    facts.mesh = InstalledMesh(facts.rulesets)
    facts.host.ownAddresses = [try address("10.0.0.2")]
    facts.processes = [
      process(10, "app", 1000), process(20, "envoy", 1337, parent: 19), process(19, "pilot-agent", 1337),
    ]
    facts.listeners =
      try [15001, 15006, 15020, 15021, 15090].map { try listener($0, 1337, envoy) }
      + [listener(8080, 1000, app)]
    return facts
  }

  static func process(_ id: Int32, _ name: String, _ owner: UInt32, parent: Int32 = 1) -> NamespaceProcess {
    NamespaceProcess(
      id: id, name: name, user: UserID(rawValue: owner) ?? .defaultProxy,
      group: GroupID(rawValue: owner) ?? .defaultProxy, parent: parent)
  }

  static func listener(
    _ port: Port, _ user: UInt32, _ process: ListeningSocket.Process, at address: String = "0.0.0.0",
    proto: IPProtocol = .tcp, isTransparent: Bool? = nil
  ) throws -> ListeningSocket {
    ListeningSocket(
      proto, try self.address(address), port, of: UserID(rawValue: user), isTransparent: isTransparent,
      processes: [process])
  }

  /// The names of the checks with findings, in order.
  static func checks(_ change: (inout PodFacts) throws -> Void) throws -> [String] {
    var facts = try facts()
    try change(&facts)
    return Checkup(facts).diagnosis.findings.map(\.check)
  }
}
