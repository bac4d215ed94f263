import NetworkValues
import PacketTrace

/// A cluster as the destination of a connection.
public struct EnvoyUpstream: Hashable, Sendable {
  public let cluster: String
  /// Endpoints that may get the connection; nil if the configuration does not contain them.
  public let endpoints: [Choice]?
  /// Response flag that the access log has if the connection fails (`%RESPONSE_FLAGS%`); nil if not known.
  public let flag: String?
  /// True if it is certain to fail.
  public let isFailure: Bool
  /// The reason for the TLS of its endpoints, if it is known.
  public var tlsReason: String?
  /// The reasons, one sentence each.
  let reasons: [String]

  /// The endpoints that are used.
  public var usable: [Choice] { endpoints?.filter { !$0.isLeftOut } ?? [] }

  /// An endpoint with the properties of connections to it.
  public struct Choice: Hashable, Sendable {
    public let endpoint: EnvoyEndpoint
    public let tls: EnvoyUpstreamTLS
    /// Application protocols (ALPN) that the TLS offers.
    public let applicationProtocols: [String]
    /// True if the endpoint is not used, because of its health.
    public let isLeftOut: Bool
  }
}

/// A connection or request to a cluster.
struct EnvoyUpstreamRequest {
  let cluster: String
  /// True for a request, false for a TCP connection.
  var isHTTP = false
  /// True if a failed connection is tried again.
  var retries = false
  /// Metadata that selects a subset (`metadata_match`).
  var labels: [String: String] = [:]
  /// Original destination; nil if the local address was not restored.
  var original: Endpoint?
  /// True if the request is a CONNECT that the route terminates.
  var isConnectTerminated = false
}

extension EnvoyResources {
  /// Selects the endpoints of a cluster; nil if the configuration does not contain it.
  func upstream(_ request: EnvoyUpstreamRequest) -> EnvoyUpstream? {
    let wellKnown = hasClusters ? nil : EnvoyCluster(wellKnown: request.cluster)
    guard let cluster = cluster(request.cluster) ?? wellKnown else { return withoutCluster(request) }
    guard let endpoints = endpoints(of: cluster, request) else {
      let overflow = cluster.overflow(request)
      return EnvoyUpstream(
        cluster: cluster.name, endpoints: nil, flag: overflow.map { _ in "UO" }, isFailure: overflow != nil,
        reasons: [overflow ?? "the endpoints of \(cluster.name) are not in the configuration"])
    }
    return upstream(cluster, endpoints, request)
  }

  /// The endpoints that Envoy reports for a cluster that is not known otherwise; nil if there are none.
  private func withoutCluster(_ request: EnvoyUpstreamRequest) -> EnvoyUpstream? {
    guard !hasClusters else {
      return EnvoyUpstream(
        cluster: request.cluster, endpoints: nil, flag: "NC", isFailure: true,
        reasons: ["the cluster \(request.cluster) does not exist"])
    }
    guard let known = reportedEndpoints(request.cluster) else { return nil }
    let cluster = EnvoyCluster(name: request.cluster, panicThreshold: 0, endpoints: known)
    return upstream(cluster, known, request)
  }

  /// Selects the endpoints of a known cluster.
  private func upstream(
    _ cluster: EnvoyCluster, _ endpoints: [EnvoyEndpoint], _ request: EnvoyUpstreamRequest
  ) -> EnvoyUpstream {
    let choices = cluster.choices(endpoints, request)
    let overflow = cluster.overflow(request)
    let isEmpty = choices.allSatisfy(\.isLeftOut)
    let flag =
      if isEmpty, request.isHTTP || overflow == nil {
        "UH"
      } else {
        overflow != nil ? "UO" : request.isHTTP && !request.retries ? "UF" : "UF,URX"
      }
    var upstream = EnvoyUpstream(
      cluster: cluster.name, endpoints: choices, flag: flag, isFailure: isEmpty || overflow != nil,
      reasons: cluster.reasons(choices) + [overflow].compactMap(\.self))
    upstream.tlsReason = cluster.tlsReason
    return upstream
  }

  /// The endpoints of a cluster, with the health that Envoy reports; nil if they are not known.
  private func endpoints(of cluster: EnvoyCluster, _ request: EnvoyUpstreamRequest) -> [EnvoyEndpoint]? {
    let reported = reportedEndpoints(cluster.name)
    let assigned: [EnvoyEndpoint]?
    switch cluster.discovery {
    case .originalDestination(let port):
      guard let original = request.original else { return [] }
      return [EnvoyEndpoint(.socket(Endpoint(original.address, port ?? original.port)))]
    case .fixed: assigned = cluster.endpoints
    case .dns, .other: assigned = cluster.endpoints.isEmpty ? nil : cluster.endpoints
    case .eds(let service): assigned = assignment(service)
    }
    guard let reported else { return assigned }
    return reported.map { endpoint in
      let known = assigned?.first { $0.address == endpoint.address }
      return EnvoyEndpoint(
        endpoint.address, health: endpoint.health, socketMatch: known?.socketMatch ?? [:],
        labels: known?.labels ?? [:])
    }
  }
}

extension EnvoyCluster {
  /// A cluster that Istio creates for every proxy; nil for other names.
  public init?(wellKnown name: String) {
    switch name {
    case "BlackHoleCluster": self.init(name: name)
    case "PassthroughCluster", "InboundPassthroughCluster", "InboundPassthroughClusterIpv4",
      "InboundPassthroughClusterIpv6":
      self.init(name: name, discovery: .originalDestination(port: nil))
    default: return nil
    }
  }

  /// The limit at 0 that refuses a first connection or request; nil for none.
  fileprivate func overflow(_ request: EnvoyUpstreamRequest) -> String? {
    let reached =
      request.isHTTP
      ? [(limits.pendingRequests, "max_pending_requests"), (limits.requests, "max_requests")]
      : [(limits.connections, "max_connections")]
    return reached.first { $0.0 == 0 }.map { "\($0.1) of \(name) is 0" }
  }

  /// The endpoints of a request's subset. Below the panic threshold the health is ignored.
  fileprivate func choices(_ endpoints: [EnvoyEndpoint], _ request: EnvoyUpstreamRequest) -> [EnvoyUpstream
    .Choice]
  {
    let subset = subset(of: endpoints, request.labels)
    let usable = subset.count { $0.health.isUsable }
    let isPanic = Double(usable) * 100 < panicThreshold * Double(subset.count)
    return subset.map { endpoint in
      let (tls, applicationProtocols) = tls(to: endpoint)
      return EnvoyUpstream.Choice(
        endpoint: endpoint, tls: tls, applicationProtocols: applicationProtocols,
        isLeftOut: !endpoint.health.isUsable && !isPanic)
    }
  }

  private func subset(of endpoints: [EnvoyEndpoint], _ labels: [String: String]) -> [EnvoyEndpoint] {
    guard let subsets else { return endpoints }
    if subsets.selectors.contains(Set(labels.keys)) {
      let found = endpoints.filter { $0.has(labels) }
      if !found.isEmpty { return found }
    }
    switch subsets.fallback {
    case .none: return []
    case .any: return endpoints
    case .defaults(let labels): return endpoints.filter { $0.has(labels) }
    }
  }

  fileprivate func reasons(_ choices: [EnvoyUpstream.Choice]) -> [String] {
    guard !choices.isEmpty else { return ["\(name) has no endpoints"] }
    guard choices.contains(where: { !$0.isLeftOut }) else { return ["no endpoint of \(name) is healthy"] }
    return []
  }
}

extension EnvoyEndpoint {
  fileprivate func has(_ labels: [String: String]) -> Bool {
    labels.allSatisfy { self.labels[$0.key] == $0.value }
  }
}
