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
