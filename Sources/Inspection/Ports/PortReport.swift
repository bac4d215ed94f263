public import Intercept

/// Istio's ports, who should listen there, and who does.
public struct PortReport: Hashable, Sendable {
  /// A port, who listens there, and what is wrong with that.
  public struct Entry: Hashable, Sendable {
    public let port: IstioPort
    public let listeners: [ListeningSocket]
    public let findings: [PortFinding]
  }

  /// In ascending order.
  public let entries: [Entry]
  /// TCP listeners on all other ports, in ascending order.
  public let others: [ListeningSocket]

  /// Whether nothing is wrong.
  public var isFine: Bool { entries.allSatisfy(\.findings.isEmpty) }

  /// Compares what there is with what the rules of a configuration need.
  ///
  /// - Parameters:
  ///   - configuration: what the rules are built from.
  ///   - probePort: as `IstioPort.all` takes it.
  ///   - listeners: all TCP and UDP sockets of the namespace that wait for somebody.
  public init(_ configuration: Configuration, probePort: Port, _ listeners: [ListeningSocket]) {
    entries = IstioPort.all(configuration, probePort: probePort).map { port in
      let present = listeners.filter { $0.port == port.port && $0.proto == port.proto }
      return Entry(
        port: port, listeners: present.distinct, findings: port.findings(present, configuration))
    }
    let own = Set(entries.map(\.port.port))
    others =
      listeners.filter { $0.proto == .tcp && !own.contains($0.port) }
      .sorted { ($0.port, $0.address.bits) < ($1.port, $1.address.bits) }.distinct
  }
}

extension [ListeningSocket] {
  /// Each once: Envoy has a socket for each of its threads.
  fileprivate var distinct: [ListeningSocket] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
