public import NetworkValues

/// A cluster of upstream endpoints.
///
/// The corresponding message is `envoy.config.cluster.v3.Cluster`.
public struct EnvoyCluster: Hashable, Sendable {
  public var name: String
  public var discovery: Discovery
  /// TLS to endpoints that no entry of `transportSocketMatches` selects.
  public var tls: EnvoyUpstreamTLS
  /// Application protocols (ALPN) that its own TLS offers.
  public var applicationProtocols: [String]
  /// TLS by the endpoint's metadata; the first match decides.
  public var transportSocketMatches: [TransportSocketMatch]
  public var limits: CircuitBreakers
  /// Subsets by the metadata of endpoints (`lb_subset_config`); nil for none.
  public var subsets: Subsets?
  /// Percentage of healthy endpoints below which all are used; 0 for never.
  public var panicThreshold: Double
  /// Endpoints inside the cluster (`load_assignment`).
  public var endpoints: [EnvoyEndpoint]
  /// The reason for its TLS in one sentence, if it is known. No effect on the destination.
  public var tlsReason: String?

  /// Origin of the endpoints (`type`).
  public enum Discovery: Hashable, Sendable {
    case fixed
    /// `STRICT_DNS` and `LOGICAL_DNS`.
    case dns
    /// Endpoint discovery under this name.
    case eds(service: String)
    /// The original destination, with another port if one is given (`upstream_port_override`).
    case originalDestination(port: Port?)
    /// A cluster type that is not modelled.
    case other(String)
  }

  public struct TransportSocketMatch: Hashable, Sendable {
    public let name: String
    /// Values that the metadata of an endpoint must have.
    public let match: [String: String]
    public let tls: EnvoyUpstreamTLS
    /// Application protocols (ALPN) that the TLS offers.
    public let applicationProtocols: [String]

    public init(
      name: String, match: [String: String], tls: EnvoyUpstreamTLS, applicationProtocols: [String] = []
    ) {
      (self.name, self.match, self.tls) = (name, match, tls)
      self.applicationProtocols = applicationProtocols
    }
  }

  /// Limits of the default priority; nil for Envoy's default, 1024.
  public struct CircuitBreakers: Hashable, Sendable {
    public var connections: UInt32?
    public var pendingRequests: UInt32?
    public var requests: UInt32?

    public init(connections: UInt32? = nil, pendingRequests: UInt32? = nil, requests: UInt32? = nil) {
      (self.connections, self.pendingRequests, self.requests) = (connections, pendingRequests, requests)
    }
  }

  public struct Subsets: Hashable, Sendable {
    /// Sets of keys that routes may select by.
    public let selectors: [Set<String>]
    /// Endpoints of routes without a matching selector.
    public let fallback: Fallback

    public enum Fallback: Hashable, Sendable {
      case none, any
      case defaults([String: String])
    }

    public init(selectors: [Set<String>], fallback: Fallback) {
      (self.selectors, self.fallback) = (selectors, fallback)
    }
  }

  public init(
    name: String, discovery: Discovery = .fixed, tls: EnvoyUpstreamTLS = .none,
    applicationProtocols: [String] = [], transportSocketMatches: [TransportSocketMatch] = [],
    limits: CircuitBreakers = CircuitBreakers(),
    subsets: Subsets? = nil, panicThreshold: Double = 50, endpoints: [EnvoyEndpoint] = [],
    tlsReason: String? = nil
  ) {
    self.name = name
    self.discovery = discovery
    self.tls = tls
    self.applicationProtocols = applicationProtocols
    self.transportSocketMatches = transportSocketMatches
    self.limits = limits
    self.subsets = subsets
    self.panicThreshold = panicThreshold
    self.endpoints = endpoints
    self.tlsReason = tlsReason
  }

  /// The TLS to an endpoint, and the application protocols that it offers.
  func tls(to endpoint: EnvoyEndpoint) -> (tls: EnvoyUpstreamTLS, applicationProtocols: [String]) {
    let match = transportSocketMatches.first { match in
      match.match.allSatisfy { endpoint.socketMatch[$0.key] == $0.value }
    }
    return match.map { ($0.tls, $0.applicationProtocols) } ?? (tls, applicationProtocols)
  }
}

/// TLS of connections to an endpoint.
public enum EnvoyUpstreamTLS: String, Hashable, Sendable {
  case none
  /// TLS without a client certificate.
  case simple
  /// TLS with a client certificate (mTLS).
  case mutual
}

/// An endpoint of a cluster.
///
/// The corresponding message is `envoy.config.endpoint.v3.LbEndpoint`.
public struct EnvoyEndpoint: Hashable, Sendable {
  public var address: Address
  public var health: EnvoyHealth
  /// Metadata for transport socket matches (`envoy.transport_socket_match`).
  public var socketMatch: [String: String]
  /// Metadata for subsets (`envoy.lb`).
  public var labels: [String: String]

  public enum Address: Hashable, Sendable {
    case socket(Endpoint)
    /// A host name that DNS resolves.
    case name(String, port: Int)
    /// An internal listener, with the endpoint's identifier.
    case listener(String, id: String?)
    /// A Unix domain socket.
    case pipe(String)
  }

  public init(
    _ address: Address, health: EnvoyHealth = .unknown, socketMatch: [String: String] = [:],
    labels: [String: String] = [:]
  ) {
    self.address = address
    self.health = health
    self.socketMatch = socketMatch
    self.labels = labels
  }
}

extension EnvoyEndpoint.Address: CustomStringConvertible {
  public var description: String {
    switch self {
    case .socket(let end): end.description
    case .name(let name, let port): "\(name):\(port)"
    case .listener(let name, let id): id.map { "\(name)/\($0)" } ?? name
    case .pipe(let path): path
    }
  }
}

/// Health of an endpoint.
///
/// The corresponding enumeration is `envoy.config.core.v3.HealthStatus`.
public enum EnvoyHealth: String, Hashable, Sendable {
  case unknown, healthy, unhealthy, draining, timeout, degraded

  /// True if requests are sent to it outside panic mode.
  var isUsable: Bool {
    switch self {
    case .unknown, .healthy, .degraded: true
    case .unhealthy, .draining, .timeout: false
    }
  }
}
