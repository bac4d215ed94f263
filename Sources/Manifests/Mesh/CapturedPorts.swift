import Intercept

/// What a pod's rules capture, as far as rules of lint ask.
struct CapturedPorts: Sendable {
  /// A list of ports, and how it was written.
  struct Ports: Sendable {
    /// nil for `*`.
    let ranges: [PortRange]?
    let name: String

    func contains(_ port: Port) -> Bool { ranges?.contains { $0.contains(port) } ?? true }
  }

  let inbound: Ports
  let excludedInbound: Ports
  let outbound: Ports
  let excludedOutbound: Ports
  let users: [String]
  let groups: [String]
  /// The addresses that the proxy knows.
  let givenAddresses: AutoAllocatedAddresses
  /// What is wrong with the options.
  let problems: [String]

  init(_ pod: PodOptions) {
    var reader = OptionReader(Options(manifest: pod.given))
    let options = reader.options
    func named(_ option: OptionName, _ ranges: [PortRange]?) -> Ports {
      Ports(ranges: ranges, name: options[option]?.name ?? option.flag ?? "")
    }
    inbound = named(.inboundPorts, reader.portsOrStar(.inboundPorts))
    excludedInbound = named(.excludedInboundPorts, reader.ports(.excludedInboundPorts))
    outbound = named(.outboundPorts, reader.ports(.outboundPorts))
    excludedOutbound = named(.excludedOutboundPorts, reader.ports(.excludedOutboundPorts))
    users = options[.proxyUID]?.items ?? ["1337"]
    groups = options[.proxyGID].map(\.items) ?? users
    givenAddresses = AutoAllocatedAddresses(
      capturesDNS: Configuration(reading: &reader, facts: NoHost()).dns != .none, allocates: pod.allocates)
    var problems: [String] = []
    do {
      try reader.finish()
    } catch {
      // Some lists have been read twice.
      for problem in error.problems.map(\.description) where !problems.contains(problem) {
        problems.append(problem)
      }
    }
    self.problems = pod.refusals.isEmpty ? problems : pod.refusals
  }

  /// Whether a connection from outside to this port is given to the proxy.
  func captures(_ port: Port) -> Bool {
    inbound.contains(port) && (inbound.ranges != nil || !excludedInbound.contains(port))
  }
}

/// A host of which nothing is known: names are as good as any, and the numbers behind them do not matter.
private struct NoHost: HostFacts {
  func user(named name: String) -> UserID? { .defaultProxy }
  func group(named name: String) -> GroupID? { GroupID("1337") }
  func nameservers() throws -> [IPAddress] { [] }
  func usesIPv6(pastFirst: Bool) throws -> Bool { true }
}
