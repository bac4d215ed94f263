public import NetworkValues
public import PacketTrace

/// The proxy's listeners, and the route of a connection through them.
///
/// Independent of JSON: the listeners may come from an Envoy config dump or from Istio's objects.
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

  /// The route of a connection.
  public func route(_ connection: EnvoyConnection) -> EnvoyRoute {
    let accepting = listener(on: connection.port, connection.original.address)
    guard let accepting else { return withoutAccepting(connection) }
    let handover = redirection(of: accepting)
    guard handover.isDone else {
      return route(connection, accepting, ["accepted by \(accepting.name), which does not redirect it"])
    }
    let search = search(connection, except: accepting)
    guard let listener = search.listener else {
      return route(
        connection, accepting, handover.reasons + search.reasons + ["\(accepting.name) keeps it"])
    }
    return route(connection, listener, handover.reasons + search.reasons)
  }

  /// True if a listener accepts connections to an address of this host on a port.
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
    let origin = listener.origin.map { ["\(listener.name) is generated from \($0)"] } ?? []
    return EnvoyRoute(
      listener: listener.name, filterChain: choice.number, destination: choice.destination,
      reasons: reasons + origin + choice.reasons, origin: listener.origin)
  }
}

extension EnvoyConfiguration {
  /// True if a listener redirects connections to the listener of their original destination. If the
  /// configuration omits `use_original_dst`, listeners without a port of their own imply it: they get no
  /// connections otherwise.
  private func redirection(of listener: EnvoyListener) -> (isDone: Bool, reasons: [String]) {
    if let usesOriginalDestination = listener.usesOriginalDestination { return (usesOriginalDestination, []) }
    let isOutbound = listener.bindsToPort && listener.ends.contains { $0.port == outboundPort }
    guard isOutbound, listeners.contains(where: { !$0.bindsToPort }) else { return (false, []) }
    let reason = """
      \(listener.name) omits use_original_dst; assumed true, because other listeners do not bind to a port
      """
    return (true, [reason])
  }

  /// The listener of an original destination: of the exact address, else of the port.
  private func search(
    _ connection: EnvoyConnection, except accepting: EnvoyListener?
  ) -> (listener: EnvoyListener?, reasons: [String]) {
    let original = connection.original
    let direction: Flow.Direction = connection.port == inboundPort ? .inbound : .outbound
    let others = listeners.filter { $0 != accepting && $0.serves(direction) }
    if let exact = others.first(where: { $0.isExactly(original) }) {
      return (exact, ["listener \(exact.name) matches \(original) exactly"])
    }
    let skippedListeners = skippedListeners(original, direction)
    let reasons =
      skippedListeners + [
        "no \(skippedListeners.isEmpty ? "" : "other ")listener matches \(original) exactly"
      ]
    if let catchAll = others.first(where: { $0.isCatchAll(for: original) }) {
      return (
        catchAll,
        reasons + ["the catch-all listener \(catchAll.name) matches port \(original.port) of any address"]
      )
    }
    return (nil, reasons + ["no catch-all listener matches port \(original.port)"])
  }

  private func skippedListeners(_ original: Endpoint, _ direction: Flow.Direction) -> [String] {
    listeners.filter { !$0.serves(direction) && $0.isExactly(original) }.map {
      "listener \($0.name) matches \(original), but for \(direction == .outbound ? "inbound" : "outbound") connections only"
    }
  }

  /// The route of a connection if the accepting listener is not in the configuration: listeners of the exact
  /// address first, then the behaviour of Istio's own listeners.
  private func withoutAccepting(_ connection: EnvoyConnection) -> EnvoyRoute {
    let missing = "the listener on port \(connection.port) is not in the configuration"
    guard connection.port == outboundPort || connection.port == inboundPort else {
      return EnvoyRoute(
        listener: nil, filterChain: nil, destination: .unknown(filter: "the listener"), reasons: [missing])
    }
    let search = search(connection, except: nil)
    if let listener = search.listener { return route(connection, listener, search.reasons) }
    let isInbound = connection.port == inboundPort
    let note = """
      \(missing); Istio's default listener passes such connections through\
      \(isInbound ? "" : ", unless outboundTrafficPolicy is REGISTRY_ONLY")
      """
    return EnvoyRoute(
      listener: isInbound ? "virtualInbound" : "virtualOutbound", filterChain: nil,
      destination: .cluster(isInbound ? "InboundPassthroughCluster" : "PassthroughCluster"),
      reasons: search.reasons + [note])
  }
}

/// A connection accepted by the proxy.
public struct EnvoyConnection: Hashable, Sendable {
  /// The accepting port.
  public var port: Port
  /// Original destination, before the rules redirected the connection.
  public var original: Endpoint
  /// Source address; nil if not given.
  public var source: IPAddress?
  /// Source port; nil if not given.
  public var sourcePort: Port?
  /// First bytes of the connection; nil if not given.
  public var greeting: EnvoyGreeting?

  public init(
    port: Port, original: Endpoint, source: IPAddress? = nil, sourcePort: Port? = nil,
    greeting: EnvoyGreeting? = nil
  ) {
    self.port = port
    self.original = original
    self.source = source
    self.sourcePort = sourcePort
    self.greeting = greeting
  }

  /// The first bytes, or plain bytes of an unknown protocol if they are not given.
  var bytes: EnvoyGreeting { greeting ?? EnvoyGreeting() }
}

/// Properties of a connection's first bytes that `tls_inspector` and `http_inspector` detect.
public struct EnvoyGreeting: Hashable, Sendable {
  /// True if the connection begins with a TLS ClientHello.
  public var isTLS: Bool
  /// Server name in the ClientHello (SNI); nil for none.
  public var serverName: String?
  /// Protocols in the ClientHello (ALPN), preferred first; for plain bytes the detected ones: `http/1.1`,
  /// `h2c`.
  public var applicationProtocols: [String]

  /// A server name implies TLS. Server names are compared without case.
  public init(isTLS: Bool = false, serverName: String? = nil, applicationProtocols: [String] = []) {
    self.isTLS = isTLS || serverName != nil
    self.serverName = serverName?.lowercased()
    self.applicationProtocols = applicationProtocols
  }

  /// Value for `transport_protocol` of filter chains.
  var transportProtocol: String { isTLS ? "tls" : "raw_buffer" }
}

extension EnvoyConfiguration {
  /// The connection that a trace delivers to the proxy; nil if the proxy does not get it, or that is
  /// unknown.
  public func connection(from trace: Trace, greeting: EnvoyGreeting? = nil) -> EnvoyConnection? {
    guard trace.flow.proto == .tcp, let port = port(of: trace) else { return nil }
    return EnvoyConnection(
      port: port, original: trace.flow.destination, source: trace.packet.source ?? trace.flow.source,
      sourcePort: trace.flow.sourcePort, greeting: greeting)
  }

  /// The proxy's port that gets the connection, with or without a redirect.
  private func port(of trace: Trace) -> Port? {
    switch trace.verdict {
    case .redirect(let listener): listener.port
    case .tproxy(let port): port
    case .accept, .dnat:
      trace.endsOnThisHost && listens(on: trace.packet.destinationPort, trace.packet.destination)
        ? trace.packet.destinationPort : nil
    case .drop, .reject, .unknown: nil
    }
  }
}

extension Trace {
  /// True if the packet was delivered on this host.
  fileprivate var endsOnThisHost: Bool { packet.inInterface != nil && packet.outInterface == nil }
}
