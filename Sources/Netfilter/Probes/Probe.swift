public import Intercept
import RouteNetlink
import Sockets

/// Istio's validation of the rules: a connection of the proxy to itself must reach one of the proxy's listeners.
///
/// The rules redirect connections of the proxy to loopback addresses other than 127.0.0.1. The probe makes one to
/// 127.0.0.6 or ::6. It listens on those of the proxy's ports that have no listener, and at the destination, and recognises
/// from the kernel's sockets at which port the connection arrived. It needs CAP_SETUID unless the process runs as the proxy's user, as
/// Istio's validation container does.
public struct Probe: Hashable, Sendable {
  /// The source address of the connection.
  public let source: IPAddress
  /// The destination of the connection.
  public let target: Endpoint
  /// The listeners that it may reach.
  public let listeners: [Endpoint]
  /// The owner of the connection.
  public let user: UserID

  /// The probe for a configuration's rules.
  ///
  /// - Parameters:
  ///   - configuration: the configuration of the rules.
  ///   - family: the family of the connection's addresses.
  ///   - port: the destination port, which has no listener.
  public init(_ configuration: Configuration, _ family: IPFamily, port: Port) {
    let host = IPAddress.localhost(family)
    source = host
    target = Endpoint(.passthrough(family), port)
    let ports = [configuration.proxyPort, configuration.inboundCapturePort]
    listeners = (ports[0] == ports[1] ? [ports[0]] : ports).map { Endpoint(host, $0) }
    user = configuration.proxyUsers.first ?? .defaultProxy
  }

  public var family: IPFamily { target.family }

  /// Connects in the thread's network namespace until a connection arrives or the time is up.
  ///
  /// - Returns: the listener that it reached.
  public func run(within time: Duration) throws(ProbeError) -> Endpoint {
    let deadline = ContinuousClock.now + time
    return try SocketOwner.run(as: user) { (owner) throws(ProbeError) in
      var run = try ProbeRun(self)
      if let listener = try run.arrival(by: deadline) { return listener }
      let missed = MissedProbe(probe: self, time: time, end: run.end, owner: owner, deaf: run.deaf)
      if Self.isLoopbackDown { throw .loopbackDown(missed) }
      throw owner?.user == user ? .missed(missed) : .wrongOwner(missed)
    }
  }

  /// True if lo of the thread's namespace is down; false if that cannot be read.
  private static var isLoopbackDown: Bool {
    guard var connection = try? RouteConnection.open() else { return false }
    return (try? connection.link(named: "lo").isUp) == false
  }
}
