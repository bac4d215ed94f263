public import Intercept

/// Istio's test of the rules: a connection of the proxy's to itself must come to one of the proxy's listeners.
///
/// The rules send on what the proxy sends to an address of the loopback interface, 127.0.0.1 apart: so does this
/// with a connection to 127.0.0.6 or ::6, and listens where the proxy would. It needs no privilege if the process
/// runs as the proxy's user, as Istio's validation container does, and CAP_SETUID otherwise.
public struct Probe: Hashable, Sendable {
  /// Where the connection comes from, without the port.
  public let source: IPAddress
  /// What it is for.
  public let target: Endpoint
  /// Where it may arrive.
  public let listeners: [Endpoint]
  /// Whom it belongs to.
  public let user: UserID

  /// The test of a configuration's rules.
  ///
  /// - Parameters:
  ///   - configuration: what the rules are built from.
  ///   - family: the family of the connection's addresses.
  ///   - port: the port the connection is for, where nobody listens.
  public init(_ configuration: Configuration, _ family: IPFamily, port: Port) {
    let host = IPAddress.localhost(family)
    source = host
    target = Endpoint(.passthrough(family), port)
    let ports = [configuration.proxyPort, configuration.inboundCapturePort]
    listeners = (ports[0] == ports[1] ? [ports[0]] : ports).map { Endpoint(host, $0) }
    user = configuration.proxyUsers.first ?? .defaultProxy
  }

  public var family: IPFamily { target.family }

  /// Tries, in the thread's network namespace, until a connection arrives or the time is up.
  ///
  /// - Returns: the listener that it came to.
  public func run(within time: Duration) throws(ProbeError) -> Endpoint {
    let deadline = ContinuousClock.now + time
    return try SocketOwner.run(as: user) { (owner) throws(ProbeError) in
      var run = try ProbeRun(self)
      if let listener = try run.arrival(by: deadline) { return listener }
      throw .missed(
        MissedProbe(probe: self, time: time, end: run.end, owner: owner, deaf: run.listeners.deaf))
    }
  }
}

extension IPAddress {
  /// 127.0.0.1 or ::1.
  static func localhost(_ family: IPFamily) -> IPAddress {
    switch family {
    case .ipv4: .ipv4(IPv4Address(127, 0, 0, 1))
    case .ipv6: .ipv6(IPv6Address(bits: 1))
    }
  }

  /// 127.0.0.6 or ::6.
  fileprivate static func passthrough(_ family: IPFamily) -> IPAddress {
    switch family {
    case .ipv4: .ipv4(IPv4Address(127, 0, 0, 6))
    case .ipv6: .ipv6(.passthrough)
    }
  }
}
