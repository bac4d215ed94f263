public import NetworkValues
import PacketTrace

/// The proxy's listeners: answers which of them takes a connection, and where it sends it.
///
/// It knows nothing of JSON: the listeners may be read from a dump of Envoy's, or made out of anything else.
public struct EnvoyConfiguration: Hashable, Sendable {
  public var listeners: [EnvoyListener]
  /// The port to which rules send what goes out (`virtualOutbound`).
  public var outboundPort: Port
  /// The port to which rules send what comes in (`virtualInbound`).
  public var inboundPort: Port

  public init(listeners: [EnvoyListener], outboundPort: Port = 15001, inboundPort: Port = 15006) {
    self.listeners = listeners
    self.outboundPort = outboundPort
    self.inboundPort = inboundPort
  }

  /// Where a connection goes.
  public func route(_ connection: EnvoyConnection) -> EnvoyRoute {
    let accepting = listener(on: connection.port, connection.original.address)
    guard let accepting else { return withoutAccepting(connection) }
    let handing = handover(accepting)
    guard handing.isDone else {
      return route(connection, accepting, ["it was accepted by \(accepting.name), and stays there"])
    }
    let search = search(connection, except: accepting)
    guard let listener = search.listener else {
      return route(
        connection, accepting, handing.reasons + search.reasons + ["it stays with \(accepting.name)"])
    }
    return route(connection, listener, handing.reasons + search.reasons)
  }

  /// Whether somebody listens on a port for connections to an address of this host.
  public func listens(on port: Port, _ address: IPAddress) -> Bool { listener(on: port, address) != nil }

  private func listener(on port: Port, _ address: IPAddress) -> EnvoyListener? {
    let end = Endpoint(address, port)
    let bound = listeners.filter(\.bindsToPort)
    return bound.first { $0.isExactly(end) } ?? bound.first { $0.isCatchAll(for: end) }
  }

  private func route(
    _ connection: EnvoyConnection, _ listener: EnvoyListener, _ reasons: [String]
  ) -> EnvoyRoute {
    let choice = listener.choose(connection)
    let origin = listener.origin.map { ["\(listener.name) is made of \($0)"] } ?? []
    return EnvoyRoute(
      listener: listener.name, filterChain: choice.number, destination: choice.destination,
      reasons: reasons + origin + choice.reasons, origin: listener.origin)
  }
}

extension EnvoyConfiguration {
  /// Whether a listener hands connections over. Where it should say so and is silent, other listeners tell, which get
  /// connections in no other way.
  private func handover(_ listener: EnvoyListener) -> (isDone: Bool, reasons: [String]) {
    if let handsOver = listener.handsOver { return (handsOver, []) }
    let isOutbound = listener.bindsToPort && listener.ends.contains { $0.port == outboundPort }
    guard isOutbound, listeners.contains(where: { !$0.bindsToPort }) else { return (false, []) }
    let reason = """
      \(listener.name) does not say use_original_dst; it is taken to, as there are listeners that get nothing otherwise
      """
    return (true, [reason])
  }

  /// The listener of an original destination: of the very address, or of the port alone.
  private func search(
    _ connection: EnvoyConnection, except accepting: EnvoyListener?
  ) -> (listener: EnvoyListener?, reasons: [String]) {
    let original = connection.original
    let way: Flow.Direction = connection.port == inboundPort ? .inbound : .outbound
    let others = listeners.filter { $0 != accepting && $0.serves(way) }
    if let exact = others.first(where: { $0.isExactly(original) }) {
      return (exact, ["listener \(exact.name) is there for \(original)"])
    }
    let passedOver = passedOver(original, way)
    let reasons =
      passedOver + ["no \(passedOver.isEmpty ? "" : "other ")listener is there for \(original) itself"]
    if let wild = others.first(where: { $0.isCatchAll(for: original) }) {
      return (
        wild, reasons + ["the catch-all listener \(wild.name) takes port \(original.port) of any address"]
      )
    }
    return (nil, reasons + ["no catch-all listener takes port \(original.port)"])
  }

  private func passedOver(_ original: Endpoint, _ way: Flow.Direction) -> [String] {
    listeners.filter { !$0.serves(way) && $0.isExactly(original) }.map {
      "listener \($0.name) is there for \(original), but for what \(way == .outbound ? "comes in" : "goes out")"
    }
  }

  /// What becomes of a connection to a port whose listener the configuration does not show: those with an address of
  /// their own come first, then what Istio's own listeners do.
  private func withoutAccepting(_ connection: EnvoyConnection) -> EnvoyRoute {
    let unseen = "the listener on port \(connection.port) is not in the configuration"
    guard connection.port == outboundPort || connection.port == inboundPort else {
      return EnvoyRoute(
        listener: nil, filterChain: nil, destination: .unknown(filter: "the listener"), reasons: [unseen])
    }
    let search = search(connection, except: nil)
    if let listener = search.listener { return route(connection, listener, search.reasons) }
    let isInbound = connection.port == inboundPort
    let habit = """
      \(unseen); Istio's own lets such a connection through\
      \(isInbound ? "" : ", unless outboundTrafficPolicy is REGISTRY_ONLY")
      """
    return EnvoyRoute(
      listener: isInbound ? "virtualInbound" : "virtualOutbound", filterChain: nil,
      destination: .cluster(isInbound ? "InboundPassthroughCluster" : "PassthroughCluster"),
      reasons: search.reasons + [habit])
  }
}
