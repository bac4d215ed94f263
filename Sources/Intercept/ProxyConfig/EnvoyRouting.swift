import NetworkValues
import PacketTrace

/// Follows a connection through the configuration.
struct EnvoyRouting<Resources: EnvoyResources> {
  let configuration: EnvoyConfiguration
  let resources: Resources
  /// Greatest number of internal listeners in a row.
  private let longestTunnel = 4

  init(configuration: EnvoyConfiguration, resources: Resources) {
    self.configuration = configuration
    self.resources = resources
  }

  func route(_ connection: EnvoyConnection) -> EnvoyRoute {
    guard let accepting = acceptingListener(connection) else { return withoutAccepting(connection) }
    var inspected = InspectedConnection(connection, local: connection.local ?? assumedLocal(connection))
    inspected.inspect(by: accepting)
    guard accepting.usesOriginalDestination else {
      return route(
        inspected, accepting, reasons: ["accepted by \(accepting.name), which does not redirect it"])
    }
    let search = configuration.listener(of: inspected.destination, except: accepting)
    guard let listener = search.listener else {
      return route(inspected, accepting, reasons: search.reasons + ["\(accepting.name) keeps it"])
    }
    inspected.inspect(by: listener)
    return route(inspected, listener, reasons: search.reasons)
  }

  private func acceptingListener(_ connection: EnvoyConnection) -> EnvoyListener? {
    // With TPROXY the local address is the original destination, and any address of the port may be bound.
    if let local = connection.local, local.port == connection.port {
      return configuration.acceptingListener(connection.port, local: local.address)
    }
    return configuration.acceptingListener(connection.port, local: connection.original.address)
      ?? configuration.acceptingListener(connection.port, local: nil)
  }

  /// The local address after REDIRECT: loopback for outbound connections.
  private func assumedLocal(_ connection: EnvoyConnection) -> Endpoint {
    let isOutbound = connection.port == configuration.outboundPort
    let family = connection.original.address.family
    return Endpoint(isOutbound ? .localhost(family) : connection.original.address, connection.port)
  }

  /// The route of a connection if no listener accepts it: refused, or, if the configuration is incomplete, that of
  /// the listener of its original destination, else of Istio's own listener.
  private func withoutAccepting(_ connection: EnvoyConnection) -> EnvoyRoute {
    if let other = configuration.acceptingListener(connection.port, local: nil), let local = connection.local
    {
      return EnvoyRoute(
        destination: .closed, reasons: ["\(other.name) is not bound to \(local): the connection is refused"])
    }
    let missing = "the listener on port \(connection.port) is not in the configuration"
    guard connection.port == configuration.outboundPort || connection.port == configuration.inboundPort else {
      return EnvoyRoute(destination: .unknown(filter: "the listener"), reasons: [missing])
    }
    let isInbound = connection.port == configuration.inboundPort
    let assumed = EnvoyListener(name: isInbound ? "virtualInbound" : "virtualOutbound", addresses: [])
    var inspected = InspectedConnection(connection, local: assumedLocal(connection))
    inspected.inspect(by: assumed)
    let search = isInbound ? (nil, []) : configuration.listener(of: connection.original, except: nil)
    if let listener = search.0 { return route(inspected, listener, reasons: search.1) }
    let note = """
      \(missing); Istio's default listener passes such connections through\
      \(isInbound ? "" : ", unless outboundTrafficPolicy is REGISTRY_ONLY")
      """
    let cluster = isInbound ? "InboundPassthroughCluster" : "PassthroughCluster"
    var route = EnvoyRoute(
      listener: assumed.name, destination: .cluster(cluster), reasons: search.1 + [note])
    follow(EnvoyUpstreamRequest(cluster: cluster, original: connection.original), &route, inspected, depth: 0)
    return route
  }
}

extension EnvoyRouting {
  /// The route of a connection from a listener on.
  private func route(
    _ inspected: InspectedConnection, _ listener: EnvoyListener, reasons: [String], depth: Int = 0
  ) -> EnvoyRoute {
    let choice = listener.choose(inspected).followingServerName(inspected.serverName)
    let origin = listener.origin.map { ["\(listener.name) is generated from \($0)"] } ?? []
    var route = EnvoyRoute(
      listener: listener.name, filterChain: choice.number, destination: choice.destination,
      reasons: reasons + origin + inspected.notes + choice.reasons)
    route.origin = listener.origin
    route.terminatesTLS = choice.chain?.terminatesTLS ?? false
    guard let chain = choice.chain, !refuses(inspected.connection.firstBytes, chain, &route) else {
      if choice.chain == nil, choice.destination == .closed { route.fail("NR") }
      return route
    }
    let original = inspected.isRestored ? inspected.connection.original : nil
    switch choice.destination {
    case .cluster(let name):
      follow(EnvoyUpstreamRequest(cluster: name, original: original), &route, inspected, depth: depth)
    case .oneOf(let names):
      for name in names {
        follow(EnvoyUpstreamRequest(cluster: name, original: original), &route, inspected, depth: depth)
      }
    case .http(let manager):
      followRequest(manager, chain, &route, inspected, depth: depth)
    case .response, .unknown, .closed: break
    }
    return route
  }

  /// Closes a connection whose first bytes the chain cannot read.
  private func refuses(
    _ bytes: EnvoyFirstBytes?, _ chain: EnvoyFilterChain, _ route: inout EnvoyRoute
  ) -> Bool {
    guard let bytes else { return false }
    if let reason = bytes.refusal(by: chain) {
      route.destination = .closed
      route.reasons.append(reason)
      return true
    }
    guard bytes.isTLS, !chain.terminatesTLS else { return false }
    guard case .http = chain.destination else { return false }
    route.destination = .closed
    route.reasons.append("the filter chain expects plain HTTP, and the connection begins with TLS")
    route.fail("DPE")
    return true
  }

  /// Selects the route of the request, and follows it.
  private func followRequest(
    _ manager: EnvoyHTTPConnectionManager, _ chain: EnvoyFilterChain, _ route: inout EnvoyRoute,
    _ inspected: InspectedConnection, depth: Int
  ) {
    route.routes = manager.routes
    guard let routes = manager.inline ?? resources.routes(manager.routes) else { return }
    let original = inspected.isRestored ? inspected.connection.original : nil
    guard let request = inspected.connection.request else {
      var known = manager
      known.inline = routes
      route.destination = .http(known)
      guard let cluster = route.cluster else { return }
      let upstream = EnvoyUpstreamRequest(cluster: cluster, isHTTP: true, original: original)
      return follow(upstream, &route, inspected, depth: depth)
    }
    let selection = EnvoyRequestSelection(
      routes, manager, request, destination: inspected.destination, isTLS: chain.terminatesTLS)
    route.reasons += selection.reasons
    route.request = selection.route
    route.destination = selection.destination
    if let flag = selection.flag { route.fail(flag) }
    let chosen = selection.chosen
    for cluster in route.clusters {
      let upstream = EnvoyUpstreamRequest(
        cluster: cluster, isHTTP: true, retries: chosen?.retries ?? false, labels: chosen?.labels ?? [:],
        original: original, isConnectTerminated: chosen?.terminatesConnect ?? false)
      follow(upstream, &route, inspected, depth: depth)
    }
  }

  /// Follows a connection to the endpoints of a cluster, and on into an internal listener.
  private func follow(
    _ request: EnvoyUpstreamRequest, _ route: inout EnvoyRoute, _ inspected: InspectedConnection, depth: Int
  ) {
    guard let upstream = resources.upstream(request) else { return }
    route.upstreams.append(upstream)
    route.reasons += upstream.reasons
    guard depth < longestTunnel, route.clusters.count == 1,
      case .listener(let name, let id) = upstream.usable.first?.endpoint.address,
      let listener = configuration.listeners.first(where: { $0.name == name })
    else { return }
    guard !request.isHTTP || inspected.connection.request != nil || id.flatMap(Endpoint.init) != nil else {
      route.reasons.append(
        "\(name) gets the connection that a CONNECT request names; no request is given (--http-method CONNECT "
          + "--http-host)")
      return
    }
    let connection = inspected.connection.inside(request.isConnectTerminated, id)
    var inner = InspectedConnection(connection, local: connection.original, isRestored: true)
    inner.inspect(by: listener)
    let next = self.route(
      inner, listener, reasons: ["\(upstream.cluster) leads to the internal listener \(name)"],
      depth: depth + 1)
    if request.isConnectTerminated {
      route = next.after(route)
    } else {
      route.append(tunnel: next)
    }
  }
}

extension EnvoyFirstBytes {
  /// The reason for which the TLS of a filter chain fails; nil if it does not.
  fileprivate func refusal(by chain: EnvoyFilterChain) -> String? {
    guard chain.terminatesTLS else { return nil }
    if !isTLS { return "the filter chain terminates TLS, and the connection begins without it" }
    return chain.requiresClientCertificate && !isOfMesh
      ? "the filter chain requires a client certificate, which only the proxies of the mesh have" : nil
  }

  /// True for the TLS of Istio's proxies, by their application protocols.
  private var isOfMesh: Bool { applicationProtocols.contains { $0 == "istio" || $0.hasPrefix("istio-") } }
}

extension EnvoyConnection {
  /// The connection that an internal listener gets.
  ///
  /// - Parameters:
  ///   - isConnectTerminated: true if it is the one that a CONNECT request asks for.
  ///   - id: identifier of the internal endpoint, which is the destination in Istio's tunnels.
  fileprivate func inside(_ isConnectTerminated: Bool, _ id: String?) -> EnvoyConnection {
    let authority = isConnectTerminated ? request?.host.flatMap(Endpoint.init) : nil
    let destination = authority ?? id.flatMap(Endpoint.init) ?? original
    return EnvoyConnection(
      port: destination.port, original: destination, local: destination, source: source,
      sourcePort: sourcePort, firstBytes: isConnectTerminated ? nil : firstBytes,
      request: isConnectTerminated ? nil : request)
  }
}
