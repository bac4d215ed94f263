public import Intercept

/// A port that Istio keeps for itself in a pod.
public struct IstioPort: Hashable, Sendable {
  public let port: Port
  public let proto: IPProtocol
  public let owner: Owner
  /// What the port is for, in a few words.
  public let purpose: String
  public let requirement: Requirement
  public let scope: Scope

  /// Whose the port is.
  public enum Owner: String, Hashable, Sendable {
    case envoy
    case agent = "pilot-agent"
    case nobody
  }

  /// Whether somebody has to listen.
  public enum Requirement: Hashable, Sendable {
    case always
    /// Only where a feature is on of which the rules know nothing.
    case onlyWith(String)
    /// Nobody may: the port is kept free.
    case never
  }

  /// From where connections come.
  public enum Scope: Hashable, Sendable {
    /// From the pod itself.
    case loopback
    /// From outside as well.
    case anywhere
    /// From wherever rules capture them.
    case captured
  }
}

extension IstioPort {
  /// Istio's ports in a pod whose rules are those of a configuration, in ascending order.
  ///
  /// - Parameters:
  ///   - configuration: what the rules are built from.
  ///   - probePort: where validation looks whether rules work (`--iptables-probe-port`).
  public static func all(_ configuration: Configuration, probePort: Port) -> [IstioPort] {
    let ports = fixed + captured(configuration) + dns(configuration) + [kept(probePort)]
    return ports.sorted { ($0.port, $0.proto.rawValue) < ($1.port, $1.proto.rawValue) }
  }

  private init(
    _ port: Port, _ owner: Owner, _ purpose: String, _ requirement: Requirement = .always,
    from scope: Scope = .anywhere,
    _ proto: IPProtocol = .tcp
  ) {
    (self.port, self.owner, self.purpose, self.requirement) = (port, owner, purpose, requirement)
    (self.scope, self.proto) = (scope, proto)
  }

  private static let fixed = [
    IstioPort(.envoyAdmin, .envoy, "administration", from: .loopback),
    IstioPort(.agentDebug, .agent, "debugging", from: .loopback),
    IstioPort(.agentStatus, .agent, "all metrics in one, and the app's health checks"),
    IstioPort(.envoyReadiness, .envoy, "whether the proxy is ready"),
    IstioPort(.envoyMetrics, .envoy, "the proxy's metrics"),
  ]

  private static func captured(_ configuration: Configuration) -> [IstioPort] {
    [
      IstioPort(configuration.proxyPort, .envoy, "outbound connections", from: .captured),
      IstioPort(configuration.inboundCapturePort, .envoy, "inbound connections", from: .captured),
      IstioPort(
        configuration.inboundTunnelPort, .envoy, "connections in an HBONE tunnel", .onlyWith("HBONE")),
    ]
  }

  private static func dns(_ configuration: Configuration) -> [IstioPort] {
    let isCaptured = configuration.dns != .none && configuration.dns != .servers([])
    let requirement = isCaptured ? Requirement.always : .onlyWith("DNS capture")
    return [IPProtocol.tcp, .udp].map {
      IstioPort(.dnsProxy, .agent, "DNS", requirement, from: .loopback, $0)
    }
  }

  private static func kept(_ port: Port) -> IstioPort {
    IstioPort(port, .nobody, "kept free, to validate rules by", .never)
  }
}
