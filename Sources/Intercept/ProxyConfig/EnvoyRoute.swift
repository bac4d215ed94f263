/// Destination of a connection inside the proxy, with reasons.
public struct EnvoyRoute: Hashable, Sendable {
  /// The handling listener; nil if the configuration lacks it.
  public let listener: String?
  /// Number of its filter chain, from 1; nil for the default one, and for none.
  public let filterChain: Int?
  /// True if its filter chain terminates TLS.
  public internal(set) var terminatesTLS = false
  public internal(set) var destination: EnvoyDestination
  /// The reasons, one sentence each.
  public internal(set) var reasons: [String]
  /// The object the listener was generated from, if known.
  public var origin: String?
  /// Name of the route configuration that decides for each request.
  public internal(set) var routes: String?
  /// The route of the request, if it is certain.
  public internal(set) var request: EnvoySelectedRoute?
  /// The clusters that may get the connection, with their endpoints, as far as the configuration contains them.
  public internal(set) var upstreams: [EnvoyUpstream] = []
  /// Internal listeners before and after this one, in order; empty without a tunnel.
  public internal(set) var hops: [Hop] = []
  /// The response flag of a failure inside the proxy; nil for none.
  private var ownFlag: String?

  /// A listener on the path of a tunnelled connection.
  public struct Hop: Hashable, Sendable {
    public let listener: String
    /// Number of its filter chain, from 1; nil for the default one, and for none.
    public let filterChain: Int?
    public let cluster: String?
    public let endpoints: [String]
  }

  init(
    listener: String? = nil, filterChain: Int? = nil, destination: EnvoyDestination, reasons: [String]
  ) {
    self.listener = listener
    self.filterChain = filterChain
    self.destination = destination
    self.reasons = reasons
  }

  /// The cluster, if there is exactly one.
  public var cluster: String? {
    let names = Set(clusters)
    return names.count == 1 ? names.first : nil
  }

  /// The clusters that may get the connection; empty if none does, or they are not known.
  public var clusters: [String] { destination.clusters }

  /// Response flags that the access log has if the connection fails; nil if not known, or there is no failure.
  public var flag: String? {
    if let ownFlag { return ownFlag }
    let flags = Set(upstreams.map(\.flag))
    return flags.count == 1 ? flags.first ?? nil : nil
  }

  /// True if the connection is certain to fail.
  public var isFailure: Bool {
    ownFlag != nil || destination == .closed || !upstreams.isEmpty && upstreams.allSatisfy(\.isFailure)
  }

  /// The destination in one word, for scripts: the cluster, `routes:NAME`, `response:STATUS`, `unknown` or `closed`.
  public var word: String {
    switch destination {
    case .cluster(let name): name
    case .oneOf(let names): names.joined(separator: ",")
    case .http(let manager): cluster ?? "routes:\(manager.routes)"
    case .response(let response): "response:\(response.status)"
    case .unknown: "unknown"
    case .closed: "closed"
    }
  }

  /// The reasons and the destination in one text.
  public var why: String { (reasons + [summary]).joined(separator: "; ") }
}

extension EnvoyRoute {
  /// Records a failure inside the proxy.
  mutating func fail(_ flag: String) { ownFlag = flag }

  /// The listeners of the path: those of a tunnel, else its own.
  private var path: [Hop] {
    guard hops.isEmpty, let listener else { return hops }
    let endpoints = upstreams.flatMap { $0.endpoints ?? [] }.map(\.endpoint.address.description)
    return [Hop(listener: listener, filterChain: filterChain, cluster: cluster, endpoints: endpoints)]
  }

  /// The route of a connection that came out of a tunnel.
  ///
  /// - Parameter outer: the route of the tunnel.
  func after(_ outer: EnvoyRoute) -> EnvoyRoute {
    var route = self
    route.reasons = outer.reasons + reasons
    route.hops = outer.path + path
    return route
  }

  /// Appends the tunnel that the connection is sent through.
  mutating func append(tunnel: EnvoyRoute) {
    reasons += tunnel.reasons
    hops = path + tunnel.path
  }
}

extension EnvoyDestination {
  /// All named clusters.
  var clusters: [String] {
    switch self {
    case .cluster(let name): [name]
    case .oneOf(let names): names
    case .http(let manager): manager.inline?.clusters ?? []
    case .response, .unknown, .closed: []
    }
  }
}
