public import Intercept

/// Something wrong with a port of Istio's.
public enum PortFinding: Hashable, Sendable {
  case nobodyListens
  /// It is an app's, or somebody else's who is not the proxy.
  case foreignProcess(ListeningSocket)
  /// The rules send connections of this family here, and nobody takes them.
  case missingFamily(IPFamily)
  /// Connections come to other addresses than those that are listened on.
  case partialBind
  /// TPROXY hands connections only to a socket with `IP_TRANSPARENT`.
  case notTransparent
}

extension IstioPort {
  /// What is wrong with those who listen on the port.
  func findings(_ listeners: [ListeningSocket], _ configuration: Configuration) -> [PortFinding] {
    let strangers = listeners.filter { requirement == .never || !configuration.isProxy($0) }
    let own = listeners.filter { !strangers.contains($0) }
    let intruders = strangers.reduce(into: [PortFinding]()) {
      if !$0.contains(.foreignProcess($1)) { $0.append(.foreignProcess($1)) }
    }
    guard !own.isEmpty else { return intruders.isEmpty ? absence : intruders }
    return intruders + defects(own, configuration)
  }

  private var absence: [PortFinding] {
    switch requirement {
    case .always: [.nobodyListens]
    case .onlyWith, .never: []
    }
  }

  private func defects(_ own: [ListeningSocket], _ configuration: Configuration) -> [PortFinding] {
    switch scope {
    case .loopback: return []
    case .anywhere:
      return own.contains { !$0.address.isLoopback } ? [] : [.partialBind]
    case .captured:
      let family = configuration.includesIPv6 ? IPFamily.ipv6 : .ipv4
      guard own.contains(where: { $0.takes(family) }) else { return [.missingFamily(family)] }
      let isOpaque = isTProxied(configuration) && own.contains { $0.isTransparent == false }
      return (own.contains(where: \.isForAnyAddress) ? [] : [.partialBind])
        + (isOpaque ? [.notTransparent] : [])
    }
  }

  /// Whether TPROXY brings connections to the port.
  private func isTProxied(_ configuration: Configuration) -> Bool {
    switch configuration.interception {
    case .redirect: false
    case .tproxy: port == configuration.inboundCapturePort && !configuration.inboundPorts.isNone
    }
  }
}

extension Configuration {
  /// Whether a socket is the proxy's. With TPROXY the injector has the proxy run as root, in its own group.
  fileprivate func isProxy(_ socket: ListeningSocket) -> Bool {
    guard let user = socket.user else { return false }
    switch interception {
    case .redirect: return proxyUsers.contains(user)
    case .tproxy: return proxyUsers.contains(user) || user.rawValue == 0
    }
  }
}
