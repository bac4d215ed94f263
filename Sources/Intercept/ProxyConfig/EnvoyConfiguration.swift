public import NetworkValues
import PacketTrace

/// The proxy's listeners, and the route of a connection through them.
///
/// Independent of JSON: they may come from an Envoy config dump or from Istio's objects.
public struct EnvoyConfiguration: Hashable, Sendable {
  public var listeners: [EnvoyListener]
  /// Port to which the rules redirect outbound connections (`virtualOutbound`).
  public var outboundPort: Port
  /// Port to which the rules redirect inbound connections (`virtualInbound`).
  public var inboundPort: Port

  public init(listeners: [EnvoyListener], outboundPort: Port = 15001, inboundPort: Port = 15006) {
    self.listeners = listeners
    self.outboundPort = outboundPort
    self.inboundPort = inboundPort
  }

  /// The route of a connection: listener, filter chain, HTTP route, cluster and endpoints.
  ///
  /// - Parameters:
  ///   - connection: the connection as the proxy accepts it.
  ///   - resources: the resources that the listeners refer to.
  public func route(
    _ connection: EnvoyConnection, _ resources: some EnvoyResources = EnvoyResourceTable()
  ) -> EnvoyRoute {
    EnvoyRouting(configuration: self, resources: resources).route(connection)
  }

  /// True if a listener accepts connections to an address of this host on a port.
  public func listens(on port: Port, _ address: IPAddress) -> Bool {
    acceptingListener(port, local: address) != nil
  }
}

extension EnvoyConfiguration {
  /// The listener that accepts connections on a port.
  ///
  /// - Parameter local: local address of the socket; nil if not known, so that any address may be bound.
  func acceptingListener(_ port: Port, local: IPAddress?) -> EnvoyListener? {
    let bound = listeners.filter { listener in
      listener.bindsToPort && listener.addresses.contains { $0.port == port }
    }
    guard let local else { return bound.first { $0.bindsToWildcard(port) } ?? bound.first }
    let end = Endpoint(local, port)
    return bound.first { $0.isExactly(end) } ?? bound.first { $0.isCatchAll(for: end) }
  }

  /// The listener of an original destination: of the exact address, else of the port.
  ///
  /// All listeners take part, with or without a port of their own.
  func listener(
    of original: Endpoint, except accepting: EnvoyListener?
  ) -> (listener: EnvoyListener?, reasons: [String]) {
    let others = listeners.filter { $0 != accepting }
    if let exact = others.first(where: { $0.isExactly(original) }) {
      return (exact, ["listener \(exact.name) matches \(original) exactly"])
    }
    let inexact = "no listener matches \(original) exactly"
    if let catchAll = others.first(where: { $0.isCatchAll(for: original) }) {
      let reason = "the catch-all listener \(catchAll.name) matches port \(original.port) of any address"
      return (catchAll, [inexact, reason])
    }
    return (nil, [inexact, "no catch-all listener matches port \(original.port)"])
  }
}

extension EnvoyListener {
  fileprivate func bindsToWildcard(_ port: Port) -> Bool {
    addresses.contains { $0.port == port && $0.address.bits == 0 }
  }
}
