public import NetworkValues

/// Ports of Istio's data plane: the listeners of Envoy and of pilot-agent in a pod.
///
/// The corresponding document is "Ports used by Istio" (Application Requirements).
extension Port {
  /// Envoy's administration interface, on loopback.
  public static var envoyAdmin: Port { 15000 }
  /// Envoy's outbound listener.
  public static var envoyOutbound: Port { 15001 }
  /// The port that validation (`--run-validation`) connects to; no program listens there otherwise.
  public static var validationProbe: Port { 15002 }
  /// pilot-agent's debug interface, on loopback.
  public static var agentDebug: Port { 15004 }
  /// Envoy's inbound listener.
  public static var envoyInbound: Port { 15006 }
  /// Envoy's HBONE tunnel listener.
  public static var hboneTunnel: Port { 15008 }
  /// pilot-agent's merged Prometheus metrics and the app's rewritten health checks.
  public static var agentStatus: Port { 15020 }
  /// Envoy's readiness endpoint, `/healthz/ready`.
  public static var envoyReadiness: Port { 15021 }
  /// pilot-agent's DNS proxy.
  public static var dnsProxy: Port { 15053 }
  /// Envoy's own Prometheus metrics.
  public static var envoyMetrics: Port { 15090 }
  /// DNS servers.
  public static var dns: Port { 53 }
}

/// Addresses of Istio's data plane.
extension IPAddress {
  /// The address from which Envoy connects to the app: 127.0.0.6, or ::6, which the namespace needs on `lo`.
  public static func passthrough(_ family: IPFamily) -> IPAddress {
    switch family {
    case .ipv4: .ipv4(IPv4Address(127, 0, 0, 6))
    case .ipv6: .ipv6(IPv6Address(bits: 6))
    }
  }
}

/// Marks of Istio's data plane.
extension Mark {
  /// The default of `--istio-inbound-tproxy-mark`: 1337.
  public static let defaultTProxy: Mark = 1337
  /// The mark of the proxy's packets to the pod itself, which the inbound listener receives: 1338.
  public static let proxyToSelf: Mark = 1338
}

/// Conntrack zones of Istio's DNS capture.
extension ConntrackZone {
  /// The proxy's queries to DNS servers, and their replies.
  public static let upstreamDNS: ConntrackZone = 1
  /// The app's queries, and the proxy's replies.
  public static let applicationDNS: ConntrackZone = 2
}

extension UserID {
  /// The proxy's user in injected pods: 1337.
  public static let defaultProxy = UserID(known: 1337)
}

extension GroupID {
  /// The proxy's group in injected pods: 1337.
  public static let defaultProxy = GroupID(known: 1337)
}
