public import Intercept

/// A port reserved by Istio in a pod.
public struct IstioPort: Hashable, Sendable {
  public let port: Port
  public let proto: IPProtocol
  public let owner: Owner
  /// Purpose of the port, in a few words.
  public let purpose: String
  public let requirement: Requirement
  public let scope: Scope

  /// Process that owns the port.
  public enum Owner: String, Hashable, Sendable {
    case envoy
    case agent = "pilot-agent"
    case unused
  }

  /// Requirement for a listener.
  public enum Requirement: Hashable, Sendable {
    case always
    /// Needed only with a feature that the rules do not show.
    case onlyWith(String)
    /// The port must stay unused.
    case never
  }

  /// Origin of connections to the port.
  public enum Scope: Hashable, Sendable {
    /// The pod itself.
    case loopback
    /// The pod and other hosts.
    case anywhere
    /// Wherever the rules send captured connections of a direction.
    case captured(Flow.Direction)
  }
}

extension IstioPort {
  /// Istio's ports in a pod with the rules of a configuration, in ascending order.
  ///
  /// - Parameters:
  ///     - configuration: the configuration of the rules.
  ///     - probePort: the port that validation uses (`--iptables-probe-port`).
  public static func all(_ configuration: Configuration, probePort: Port) -> [IstioPort] {
    let ports = fixed + captured(configuration) + dns(configuration) + [reserved(probePort)]
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
    IstioPort(.agentStatus, .agent, "merged metrics, and health checks of the app"),
    IstioPort(.envoyReadiness, .envoy, "readiness of the proxy"),
    IstioPort(.envoyMetrics, .envoy, "the proxy's metrics"),
  ]

  private static func captured(_ configuration: Configuration) -> [IstioPort] {
    [
      IstioPort(configuration.proxyPort, .envoy, "outbound connections", from: .captured(.outbound)),
      IstioPort(
        configuration.inboundCapturePort, .envoy, "inbound connections", from: .captured(.inbound)),
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

  private static func reserved(_ port: Port) -> IstioPort {
    IstioPort(port, .unused, "reserved for validation, must stay unused", .never)
  }
}

/// A problem with one of Istio's ports.
public enum PortFinding: Hashable, Sendable {
  case noListener
  /// A process other than the proxy listens on the port.
  case foreignProcess(ListeningSocket)
  /// The rules send connections of this family to the port, and no socket accepts them.
  case missingFamily(IPFamily)
  /// Connections arrive at addresses that the socket is not bound to.
  case partialBind
  /// The socket lacks `IP_TRANSPARENT`, which TPROXY needs.
  case notTransparent
}

extension IstioPort {
  /// The sockets that listen on the port.
  func listeners(among sockets: [ListeningSocket]) -> [ListeningSocket] {
    sockets.filter { $0.port == port && $0.proto == proto }
  }

  /// The problems of the listeners on the port.
  func findings(
    _ listeners: [ListeningSocket], _ configuration: Configuration, _ host: HostContext
  ) -> [PortFinding] {
    let foreign = listeners.filter { requirement == .never || !configuration.isProxy($0) }
    let proxyListeners = listeners.filter { !foreign.contains($0) }
    let foreignFindings = foreign.reduce(into: [PortFinding]()) {
      if !$0.contains(.foreignProcess($1)) { $0.append(.foreignProcess($1)) }
    }
    guard !proxyListeners.isEmpty else { return foreignFindings.isEmpty ? absence : foreignFindings }
    return foreignFindings + defects(proxyListeners, configuration, host)
  }

  private var absence: [PortFinding] {
    switch requirement {
    case .always: [.noListener]
    case .onlyWith, .never: []
    }
  }

  private func defects(
    _ proxyListeners: [ListeningSocket], _ configuration: Configuration, _ host: HostContext
  ) -> [PortFinding] {
    let families = missingFamilies(proxyListeners, configuration.families)
    guard families.isEmpty else { return families.map { .missingFamily($0) } }
    let missed = missedArrivals(proxyListeners, configuration.families, configuration, host)
    let isOpaque = isTProxied(configuration) && proxyListeners.contains { $0.isTransparent == false }
    return (missed.isEmpty ? [] : [.partialBind]) + (isOpaque ? [.notTransparent] : [])
  }

  /// The families of captured connections that no socket accepts.
  func missingFamilies(_ listeners: [ListeningSocket], _ families: [IPFamily]) -> [IPFamily] {
    guard case .captured = scope else { return [] }
    return families.filter { family in !listeners.contains { $0.takes(family) } }
  }

  /// True if TPROXY delivers connections to the port.
  private func isTProxied(_ configuration: Configuration) -> Bool {
    switch configuration.interception {
    case .redirect: false
    case .tproxy: port == configuration.inboundCapturePort && !configuration.inboundPorts.isNone
    }
  }
}

extension Configuration {
  /// True if the proxy owns the socket. With TPROXY the injector runs the proxy as root, in its own group.
  fileprivate func isProxy(_ socket: ListeningSocket) -> Bool {
    guard let user = socket.user else { return false }
    switch interception {
    case .redirect: return proxyUsers.contains(user)
    case .tproxy: return proxyUsers.contains(user) || user.rawValue == 0
    }
  }
}
