public import NetworkValues
public import PacketTrace
public import ProxyConfig

/// The hop of a connection that a line is about: which proxy wrote it, and which ends it connected.
public struct ConnectionHop: Hashable, Sendable {
  /// The side of the proxy.
  public enum Side: String, Hashable, Sendable, CaseIterable {
    /// From the app beside the proxy to a service.
    case outbound
    /// From a client to the app beside the proxy.
    case inbound
    /// From a client to a service, through a gateway.
    case gateway
    /// The proxy's own.
    case proxy
    case unknown
  }

  public let side: Side
  /// The cluster; nil if none was chosen.
  public let cluster: ClusterName?
  /// The peer that opened the connection (`downstream_remote_address`).
  public let client: Endpoint?
  /// The original destination (`downstream_local_address`): what the client asked for, before the rules
  /// redirected it.
  public let original: Endpoint?
  /// Source of the proxy's own connection (`upstream_local_address`); nil if it made none.
  public let source: Endpoint?
  /// Endpoint that the proxy chose (`upstream_host`).
  public let upstream: Endpoint?

  public init(_ entry: AccessLogEntry) {
    client = entry.endpoint(.downstreamRemoteAddress)
    original = entry.endpoint(.downstreamLocalAddress)
    source = entry.endpoint(.upstreamLocalAddress)
    upstream = entry.endpoint(.upstreamHost)
    cluster = entry[.upstreamCluster].map { ClusterName($0) }
    side = Self.side(
      cluster, client: client, original: original, source: source,
      isSourceLogged: entry.isLogged(.upstreamLocalAddress))
  }

  private static func side(
    _ cluster: ClusterName?, client: Endpoint?, original: Endpoint?, source: Endpoint?, isSourceLogged: Bool
  ) -> Side {
    switch cluster {
    case .inbound, .inboundPassthrough, .waypoint: .inbound
    case .passthrough: .outbound
    case .autoPassthrough: .gateway
    case .outbound:
      // A sidecar's client is the app in the same pod.
      if let client, let source, client.address != source.address, !client.address.isLoopback {
        .gateway
      } else {
        isSourceLogged || client?.address.isLoopback == true ? .outbound : .unknown
      }
    case .blackHole, .other, nil: client.flatMap { isOwn($0, original) } ?? .unknown
    case .proxy: .proxy
    }
  }

  /// Without a cluster, the addresses alone decide: a pod rarely calls itself.
  private static func isOwn(_ client: Endpoint, _ original: Endpoint?) -> Side? {
    client.address == original?.address || client.address.isLoopback ? .inbound : nil
  }
}

extension ConnectionHop {
  /// True if the proxy connects to the app from 127.0.0.6 or ::6, the source that the rules leave alone.
  public var hasInboundSource: Bool {
    [IPAddress("127.0.0.6"), IPAddress("::6")].contains(source?.address)
  }

  /// True if an app's connection ended at its own pod.
  public var isSelfCall: Bool {
    guard side == .outbound, let upstream, let client else { return false }
    return upstream.address == client.address && original?.address != client.address
  }

  /// The first packet of the connection before the rules, sent by an ordinary user; nil if the rules of a pod have no part
  /// in it, or the line does not have its ends.
  public var flow: Flow? {
    guard let original, let client else { return nil }
    switch side {
    case .outbound:
      return Flow(
        .outbound, to: original, from: client.address, port: client.port,
        owner: SocketOwner(user: UserID(known: 0), group: GroupID(known: 0)))
    case .inbound: return Flow(.inbound, to: original, from: client.address, port: client.port)
    case .gateway, .proxy, .unknown: return nil
    }
  }

  /// The connection as the proxy's listener accepted it; nil if the line does not have its original destination.
  ///
  /// - Parameters:
  ///   - outboundPort: the port of `virtualOutbound`.
  ///   - inboundPort: the port of `virtualInbound`.
  ///   - firstBytes: the first bytes of the connection; nil if they are not known.
  public func connection(
    outboundPort: Port, inboundPort: Port, firstBytes: EnvoyFirstBytes?
  ) -> EnvoyConnection? {
    guard let original else { return nil }
    let port: Port
    switch side {
    case .outbound: port = outboundPort
    case .inbound: port = inboundPort
    case .gateway: port = original.port
    case .proxy, .unknown: return nil
    }
    return EnvoyConnection(
      port: port, original: original, source: client?.address, sourcePort: client?.port,
      firstBytes: firstBytes)
  }
}
