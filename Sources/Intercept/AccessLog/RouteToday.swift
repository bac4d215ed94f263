public import ProxyConfig

/// The route of a logged connection with given listeners, compared with the logged one.
public struct RouteToday: Hashable, Sendable {
  /// The comparison with the logged cluster.
  public enum Comparison: String, Hashable, Sendable, CaseIterable {
    case same
    case different
    /// The destination depends on something that neither the log nor the listeners have.
    case unknown
  }

  public let route: EnvoyRoute
  public let comparison: Comparison

  /// Nil if the line has no original destination, or is about a connection of the proxy itself.
  init?(_ entry: AccessLogEntry, _ hop: ConnectionHop, _ listeners: EnvoyConfiguration) {
    let connection = hop.connection(
      outboundPort: listeners.outboundPort, inboundPort: listeners.inboundPort,
      firstBytes: entry.firstBytes(hop.side))
    guard let connection else { return nil }
    route = listeners.route(connection)
    comparison = route.cluster.map { $0 == entry[.upstreamCluster] ? .same : .different } ?? .unknown
  }
}

extension AccessLogEntry {
  /// The first bytes of the connection, as far as the log shows them.
  fileprivate func firstBytes(_ side: ConnectionHop.Side) -> EnvoyFirstBytes? {
    if let name = self[.serverName] {
      let isMesh = side == .inbound && name.hasPrefix("outbound_.")
      let protocols = isHTTP ? ["istio-http/1.1", "istio-h2", "istio"] : ["istio-peer-exchange", "istio"]
      return EnvoyFirstBytes(isTLS: true, serverName: name, applicationProtocols: isMesh ? protocols : [])
    }
    guard isHTTP else { return nil }
    return EnvoyFirstBytes(applicationProtocols: [self[.protocolName] == "HTTP/2" ? "h2c" : "http/1.1"])
  }
}
