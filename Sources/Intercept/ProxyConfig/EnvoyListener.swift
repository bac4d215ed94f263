import NetworkValues
public import PacketTrace

/// One of the proxy's listeners, as far as it decides where connections go.
public struct EnvoyListener: Hashable, Sendable {
  public var name: String
  /// Where it listens, or whose original destinations it takes; the unspecified address for any of its family.
  public var ends: [Endpoint]
  /// Which way its connections go (`traffic_direction`); nil where the configuration does not say.
  public var direction: Flow.Direction?
  /// Whether it listens for itself (`bind_to_port`); one that does not gets what others hand over.
  public var bindsToPort: Bool
  /// Whether it hands connections over to the listener of their original destination (`use_original_dst`); nil where
  /// the configuration does not say.
  public var handsOver: Bool?
  /// Whether it chooses its filter chains by a tree of matchers (`filter_chain_matcher`), which is not read here.
  public var choosesByMatcher: Bool
  /// In no order: the most exact match decides.
  public var filterChains: [EnvoyFilterChain]
  /// For connections that no filter chain matches.
  public var defaultFilterChain: EnvoyFilterChain?
  /// What the listener was made of, where that is known: a Service, say. It decides nothing.
  public var origin: String?

  public init(
    name: String, ends: [Endpoint], direction: Flow.Direction? = nil, bindsToPort: Bool = true,
    handsOver: Bool? = nil, choosesByMatcher: Bool = false, filterChains: [EnvoyFilterChain] = [],
    defaultFilterChain: EnvoyFilterChain? = nil, origin: String? = nil
  ) {
    self.name = name
    self.ends = ends
    self.direction = direction
    self.bindsToPort = bindsToPort
    self.handsOver = handsOver
    self.choosesByMatcher = choosesByMatcher
    self.filterChains = filterChains
    self.defaultFilterChain = defaultFilterChain
    self.origin = origin
  }
}

extension EnvoyListener {
  /// Whether it is there for one end alone.
  func isExactly(_ end: Endpoint) -> Bool { ends.contains(end) }

  /// Whether it takes a port of every address, those of the end's family among them.
  func isCatchAll(for end: Endpoint) -> Bool {
    ends.contains(Endpoint(IPAddress(end.address.family, bits: 0), end.port))
  }

  /// Whether connections that go one way can be handed over to it. Listeners without a port of their own that take
  /// what comes in, as older releases of Istio have them for each port, are not for what goes out, nor the other way
  /// round.
  func serves(_ way: Flow.Direction) -> Bool { bindsToPort || (apparentDirection ?? way) == way }

  /// Its direction; where nothing is said, by the names of its clusters.
  private var apparentDirection: Flow.Direction? {
    if let direction { return direction }
    let clusters = filterChains.flatMap(\.destination.clusters)
    let isInbound = !clusters.isEmpty && clusters.allSatisfy { $0.hasPrefix("inbound|") }
    return isInbound ? .inbound : nil
  }
}

/// Filters that take connections of a kind.
public struct EnvoyFilterChain: Hashable, Sendable {
  public var name: String?
  public var match: EnvoyFilterChainMatch
  public var destination: EnvoyDestination

  public init(
    name: String? = nil, match: EnvoyFilterChainMatch = EnvoyFilterChainMatch(),
    to destination: EnvoyDestination
  ) {
    self.name = name
    self.match = match
    self.destination = destination
  }
}

/// Where a filter chain sends its connections.
public enum EnvoyDestination: Hashable, Sendable {
  case cluster(String)
  /// One of several, by lot (`weighted_clusters`).
  case oneOf([String])
  /// Request by request, by the routes of a name, which lead to these clusters; none where the configuration keeps
  /// them elsewhere.
  case routes(String, clusters: [String])
  /// A filter decides that this program does not read.
  case unknown(filter: String)
  /// There is no filter, and Envoy closes such a connection.
  case closed

  /// Every cluster that is named.
  var clusters: [String] {
    switch self {
    case .cluster(let name): [name]
    case .oneOf(let names), .routes(_, let names): names
    case .unknown, .closed: []
    }
  }
}
