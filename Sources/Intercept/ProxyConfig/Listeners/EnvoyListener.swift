public import NetworkValues

/// A listener of the proxy, reduced to the fields that select a destination.
///
/// The corresponding message is `envoy.config.listener.v3.Listener`.
public struct EnvoyListener: Hashable, Sendable {
  public var name: String
  /// Addresses it binds to, or whose original destinations it handles; an unspecified address covers its
  /// family. Empty for an internal listener, which clusters reach by its name.
  public var addresses: [Endpoint]
  /// True if it binds to its port (`bind_to_port`). Others get connections only from other listeners.
  public var bindsToPort: Bool
  /// True if it hands connections to the listener of their original destination (`use_original_dst`).
  public var usesOriginalDestination: Bool
  /// Listener filters in order.
  public var listenerFilters: [EnvoyListenerFilter]
  /// Tree that selects the filter chain by name (`filter_chain_matcher`); nil to select by the chains' matches.
  public var matcher: EnvoyMatcher?
  /// Filter chains; their order is irrelevant, the most specific match decides.
  public var filterChains: [EnvoyFilterChain]
  /// Filter chain of connections that match no other.
  public var defaultFilterChain: EnvoyFilterChain?
  /// The object it was generated from, such as a Service, if known. No effect on the destination.
  public var origin: String?

  /// Makes a listener with Istio's own listener filters by default.
  public init(
    name: String, addresses: [Endpoint], bindsToPort: Bool = true, usesOriginalDestination: Bool = false,
    listenerFilters: [EnvoyListenerFilter] = [
      EnvoyListenerFilter(.originalDestination), EnvoyListenerFilter(.tlsInspector),
      EnvoyListenerFilter(.httpInspector),
    ],
    matcher: EnvoyMatcher? = nil, filterChains: [EnvoyFilterChain] = [],
    defaultFilterChain: EnvoyFilterChain? = nil, origin: String? = nil
  ) {
    self.name = name
    self.addresses = addresses
    self.bindsToPort = bindsToPort
    self.usesOriginalDestination = usesOriginalDestination
    self.listenerFilters = listenerFilters
    self.matcher = matcher
    self.filterChains = filterChains
    self.defaultFilterChain = defaultFilterChain
    self.origin = origin
  }
}

extension EnvoyListener {
  /// True if it has exactly this address.
  func isExactly(_ end: Endpoint) -> Bool { addresses.contains(end) }

  /// True if it covers the port for every address of the same family.
  func isCatchAll(for end: Endpoint) -> Bool { addresses.contains(end.wildcard) }
}

extension Endpoint {
  /// The unspecified address of the same family, with the same port.
  fileprivate var wildcard: Endpoint { Endpoint(IPAddress(address.family, bits: 0), port) }
}

/// A filter chain of a listener.
///
/// The corresponding message is `envoy.config.listener.v3.FilterChain`.
public struct EnvoyFilterChain: Hashable, Sendable {
  public var name: String?
  public var match: EnvoyFilterChainMatch
  /// True if it terminates TLS (`transport_socket`).
  public var terminatesTLS: Bool
  /// True if it requires a client certificate (`require_client_certificate`).
  public var requiresClientCertificate: Bool
  /// True if the server name is the name of the cluster (`sni_cluster`); without one `destination` applies.
  public var forwardsByServerName: Bool
  public var destination: EnvoyDestination

  public init(
    name: String? = nil, match: EnvoyFilterChainMatch = EnvoyFilterChainMatch(), terminatesTLS: Bool = false,
    requiresClientCertificate: Bool = false, forwardsByServerName: Bool = false,
    to destination: EnvoyDestination
  ) {
    self.name = name
    self.match = match
    self.terminatesTLS = terminatesTLS
    self.requiresClientCertificate = requiresClientCertificate
    self.forwardsByServerName = forwardsByServerName
    self.destination = destination
  }
}

/// Destination of a filter chain, or of a request.
public enum EnvoyDestination: Hashable, Sendable {
  case cluster(String)
  /// One of several, by weight (`weighted_clusters`).
  case oneOf([String])
  /// By request, according to routes.
  case http(EnvoyHTTPConnectionManager)
  /// A response of the proxy itself: a redirect or a direct response.
  case response(EnvoyResponse)
  /// Decided by a filter that is not modelled.
  case unknown(filter: String)
  /// Closed by Envoy.
  case closed
}
