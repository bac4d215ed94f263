/// The mutual TLS that a proxy accepts of a connection, as its inbound listener shows.
///
/// The corresponding Istio type is `PeerAuthentication_MutualTLS_Mode`.
public enum EnvoyAcceptedTLS: String, Hashable, Sendable {
  /// Plain text only.
  case disable = "DISABLE"
  /// Plain text and mutual TLS.
  case permissive = "PERMISSIVE"
  /// Mutual TLS only.
  case strict = "STRICT"
}

extension EnvoyConfiguration {
  /// Returns the mutual TLS that the listener of a connection accepts; nil if it accepts neither form.
  ///
  /// - Parameters:
  ///   - connection: the connection as the proxy accepts it; its content does not count.
  ///   - isHTTP: true if the client sends HTTP.
  public func acceptedTLS(_ connection: EnvoyConnection, isHTTP: Bool) -> EnvoyAcceptedTLS? {
    let mutual = EnvoyFirstBytes(
      isTLS: true, applicationProtocols: isHTTP ? IstioProtocols.http : IstioProtocols.tcp)
    let plain = EnvoyFirstBytes(applicationProtocols: isHTTP ? ["http/1.1"] : [])
    switch (accepts(connection, mutual), accepts(connection, plain)) {
    case (true, true): return .permissive
    case (true, false): return .strict
    case (false, true): return .disable
    case (false, false): return nil
    }
  }

  /// Returns true if a filter chain takes the first bytes: mutual TLS only if it terminates it.
  private func accepts(_ connection: EnvoyConnection, _ bytes: EnvoyFirstBytes) -> Bool {
    var connection = connection
    (connection.firstBytes, connection.request) = (bytes, nil)
    let route = route(connection)
    return route.destination != .closed && route.terminatesTLS == bytes.isTLS
  }
}

/// Application protocols (ALPN) that a proxy of the mesh offers to another one.
private enum IstioProtocols {
  static let tcp = ["istio-peer-exchange", "istio"]
  /// The protocols of an HTTP/1.1 request, which the filter `istio.alpn` sets.
  static let http = ["istio-http/1.1", "istio", "http/1.1"]
}

extension EnvoyUpstream.Choice {
  /// Returns the first bytes that the proxy sends to the endpoint; nil if they are the client's and not given.
  ///
  /// - Parameters:
  ///   - cluster: the endpoint's cluster, which gives the server name.
  ///   - isHTTP: true if the proxy handles the connection as HTTP.
  ///   - received: the first bytes that the proxy received; nil if not given, or if it terminates their TLS.
  public func firstBytes(cluster: String, isHTTP: Bool, received: EnvoyFirstBytes?) -> EnvoyFirstBytes? {
    switch tls {
    case .none: isHTTP ? EnvoyFirstBytes(applicationProtocols: ["http/1.1"]) : received
    case .simple: EnvoyFirstBytes(isTLS: true, applicationProtocols: applicationProtocols)
    case .mutual:
      EnvoyFirstBytes(
        isTLS: true, serverName: ClusterName(cluster).serverName,
        applicationProtocols: isHTTP && applicationProtocols.contains("istio")
          ? IstioProtocols.http : applicationProtocols)
    }
  }
}

extension ClusterName {
  /// The server name (SNI) of mutual TLS to the cluster: `outbound_.PORT_.SUBSET_.HOST`; nil if Istio sets none.
  fileprivate var serverName: String? {
    switch self {
    case .outbound(let port, let subset, let host), .autoPassthrough(let port, let subset, let host):
      "outbound_.\(port)_.\(subset)_.\(host)"
    case .passthrough, .blackHole, .inboundPassthrough, .inbound, .waypoint, .proxy, .other: nil
    }
  }
}
