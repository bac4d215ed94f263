public import NetworkValues
public import PacketTrace

/// A listener of the proxy, reduced to the fields that decide about routes.
public struct EnvoyListener: Hashable, Sendable {
  public var name: String
  /// Addresses it binds to, or whose original destinations it handles; an unspecified address covers its
  /// family.
  public var ends: [Endpoint]
  /// Direction of its connections (`traffic_direction`); nil if the configuration omits it.
  public var direction: Flow.Direction?
  /// True if it binds to its port (`bind_to_port`). Others get redirected connections only.
  public var bindsToPort: Bool
  /// True if it redirects connections to the listener of their original destination (`use_original_dst`);
  /// nil if the configuration omits it.
  public var usesOriginalDestination: Bool?
  /// True if it selects filter chains by `filter_chain_matcher`, which is not modelled.
  public var usesMatcherTree: Bool
  /// Filter chains; their order is irrelevant, the most specific match decides.
  public var filterChains: [EnvoyFilterChain]
  /// Filter chain of connections that match no other.
  public var defaultFilterChain: EnvoyFilterChain?
  /// The object it was generated from, such as a Service, if known. No effect on routes.
  public var origin: String?

  public init(
    name: String, ends: [Endpoint], direction: Flow.Direction? = nil, bindsToPort: Bool = true,
    usesOriginalDestination: Bool? = nil, usesMatcherTree: Bool = false,
    filterChains: [EnvoyFilterChain] = [],
    defaultFilterChain: EnvoyFilterChain? = nil, origin: String? = nil
  ) {
    self.name = name
    self.ends = ends
    self.direction = direction
    self.bindsToPort = bindsToPort
    self.usesOriginalDestination = usesOriginalDestination
    self.usesMatcherTree = usesMatcherTree
    self.filterChains = filterChains
    self.defaultFilterChain = defaultFilterChain
    self.origin = origin
  }
}

extension EnvoyListener {
  /// True if it has exactly this address.
  func isExactly(_ end: Endpoint) -> Bool { ends.contains(end) }

  /// True if it covers the port for every address of the same family.
  func isCatchAll(for end: Endpoint) -> Bool {
    ends.contains(Endpoint(IPAddress(end.address.family, bits: 0), end.port))
  }

  /// True if it can get redirected connections of a direction. Older releases of Istio have inbound
  /// listeners without a port of their own, which get no outbound connections.
  func serves(_ direction: Flow.Direction) -> Bool {
    bindsToPort || (apparentDirection ?? direction) == direction
  }

  /// The direction; if it is omitted, derived from the names of the clusters.
  private var apparentDirection: Flow.Direction? {
    if let direction { return direction }
    let clusters = filterChains.flatMap(\.destination.clusters)
    let isInbound = !clusters.isEmpty && clusters.allSatisfy { $0.hasPrefix("inbound|") }
    return isInbound ? .inbound : nil
  }
}

/// A filter chain of a listener.
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

/// Destination of a filter chain.
public enum EnvoyDestination: Hashable, Sendable {
  case cluster(String)
  /// One of several, by weight (`weighted_clusters`).
  case oneOf([String])
  /// By request, according to a route configuration with these clusters; empty if the routes are not in the
  /// configuration.
  case routes(String, clusters: [String])
  /// Decided by a filter that is not modelled.
  case unknown(filter: String)
  /// Closed by Envoy, because there is no filter.
  case closed

  /// All named clusters.
  var clusters: [String] {
    switch self {
    case .cluster(let name): [name]
    case .oneOf(let names), .routes(_, let names): names
    case .unknown, .closed: []
    }
  }
}

/// The filter chain that a listener selects.
struct EnvoyChoice {
  /// Number of the filter chain, from 1; nil for the default one, and for none.
  var number: Int?
  var destination: EnvoyDestination
  /// The reasons, one sentence each.
  var reasons: [String]
}

extension EnvoyListener {
  /// Selects the filter chain for a connection.
  func choose(_ connection: EnvoyConnection) -> EnvoyChoice {
    guard !usesMatcherTree else {
      let reason = "it selects filter chains by filter_chain_matcher, which is not modelled"
      return EnvoyChoice(destination: .unknown(filter: "filter_chain_matcher"), reasons: [reason])
    }
    var search = EnvoyChainSearch(self, connection)
    for step in EnvoyMatchStep.allCases {
      if let undecided = search.narrow(step) { return undecided }
    }
    return search.result
  }
}

/// State of the selection of a filter chain.
private struct EnvoyChainSearch {
  let listener: EnvoyListener
  let connection: EnvoyConnection
  private var remaining: [Int]
  private var reasons: [String] = []

  init(_ listener: EnvoyListener, _ connection: EnvoyConnection) {
    self.listener = listener
    self.connection = connection
    remaining = Array(listener.filterChains.indices)
  }

  /// Keeps the chains with the most specific match at a step; returns a choice if the match is unknown.
  mutating func narrow(_ step: EnvoyMatchStep) -> EnvoyChoice? {
    let fits = remaining.map { (chain: $0, fit: listener.filterChains[$0].match.fit(connection, step)) }
    if let uncertain = fits.first(where: { $0.fit == .unknown }) { return undecided(uncertain.chain, step) }
    let best = fits.compactMap(\.fit.exactness).max()
    for (chain, fit) in fits where best == nil || fit.exactness != best { reject(chain, step) }
    remaining = fits.filter { best != nil && $0.fit.exactness == best }.map(\.chain)
    return nil
  }

  private mutating func reject(_ chain: Int, _ step: EnvoyMatchStep) {
    guard let requirement = listener.filterChains[chain].match.requirement(step) else {
      return reasons.append("\(words(chain)) is less specific than another: skipped")
    }
    let isAssumed = step.isAboutGreeting && connection.greeting == nil
    reasons.append(
      "\(words(chain)) requires \(requirement)\(isAssumed ? ", which is not given" : ""): skipped")
  }

  private func undecided(_ chain: Int, _ step: EnvoyMatchStep) -> EnvoyChoice {
    let requirement = listener.filterChains[chain].match.requirement(step) ?? ""
    let reason = "\(words(chain)) requires \(requirement), but the source of the connection is not given"
    return EnvoyChoice(
      destination: .unknown(filter: "the choice of a filter chain"), reasons: reasons + [reason])
  }

  var result: EnvoyChoice {
    guard let chosen = remaining.first else { return fallback }
    let chain = listener.filterChains[chosen]
    let requirements = chain.match.requirements
    let what =
      requirements.isEmpty ? "matches every connection" : "matches \(requirements.joined(separator: " and "))"
    return EnvoyChoice(
      number: chosen + 1, destination: chain.destination, reasons: reasons + ["\(words(chosen)) \(what)"])
  }

  private var fallback: EnvoyChoice {
    guard let chain = listener.defaultFilterChain else {
      return EnvoyChoice(destination: .closed, reasons: reasons + ["no filter chain matches"])
    }
    return EnvoyChoice(
      destination: chain.destination, reasons: reasons + ["the default filter chain is used"])
  }

  private func words(_ chain: Int) -> String {
    "filter chain \(chain + 1)" + (listener.filterChains[chain].name.map { " (\($0))" } ?? "")
  }
}
