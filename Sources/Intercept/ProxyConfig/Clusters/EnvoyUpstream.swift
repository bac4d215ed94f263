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
  /// The reasons, one sentence each.
  let reasons: [String]

  /// The first endpoint that is used.
  var firstUsable: EnvoyEndpoint? { endpoints?.first { !$0.isLeftOut }?.endpoint }

  /// An endpoint with the properties of connections to it.
  public struct Choice: Hashable, Sendable {
    public let endpoint: EnvoyEndpoint
    public let tls: EnvoyUpstreamTLS
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

extension EnvoyConfiguration {
  /// Selects the endpoints of a cluster; nil if the configuration does not contain it.
  func upstream(_ request: EnvoyUpstreamRequest) -> EnvoyUpstream? {
    let wellKnown = clusters.isEmpty ? EnvoyCluster(wellKnown: request.cluster) : nil
    guard let cluster = clusters[request.cluster] ?? wellKnown else { return withoutCluster(request) }
    let overflow = overflow(cluster, request)
    guard let candidates = endpoints(of: cluster, request) else {
      return EnvoyUpstream(
        cluster: cluster.name, endpoints: nil, flag: overflow.map { _ in "UO" }, isFailure: overflow != nil,
        reasons: [overflow ?? "the endpoints of \(cluster.name) are not in the configuration"])
    }
    let choices = cluster.choices(candidates, request)
    let isEmpty = choices.allSatisfy(\.isLeftOut)
    let reasons = cluster.reasons(choices)
    if isEmpty, request.isHTTP || overflow == nil {
      return EnvoyUpstream(
        cluster: cluster.name, endpoints: choices, flag: "UH", isFailure: true, reasons: reasons)
    }
    let flag = overflow != nil ? "UO" : request.isHTTP && !request.retries ? "UF" : "UF,URX"
    return EnvoyUpstream(
      cluster: cluster.name, endpoints: choices, flag: flag, isFailure: overflow != nil,
      reasons: reasons + [overflow].compactMap(\.self))
  }

  private func withoutCluster(_ request: EnvoyUpstreamRequest) -> EnvoyUpstream? {
    guard !clusters.isEmpty || !endpoints.isEmpty else { return nil }
    if clusters.isEmpty, let known = endpoints[request.cluster] {
      let cluster = EnvoyCluster(name: request.cluster, panicThreshold: 0, endpoints: known)
      let choices = cluster.choices(known, request)
      let isEmpty = choices.allSatisfy(\.isLeftOut)
      return EnvoyUpstream(
        cluster: request.cluster, endpoints: choices,
        flag: isEmpty ? "UH" : request.isHTTP && !request.retries ? "UF" : "UF,URX", isFailure: isEmpty,
        reasons: cluster.reasons(choices))
    }
    let isAbsent = !clusters.isEmpty
    return EnvoyUpstream(
      cluster: request.cluster, endpoints: nil, flag: isAbsent ? "NC" : nil, isFailure: isAbsent,
      reasons: ["the cluster \(request.cluster) is not in the configuration"])
  }

  /// The limit at 0 that refuses a first connection or request; nil for none.
  private func overflow(_ cluster: EnvoyCluster, _ request: EnvoyUpstreamRequest) -> String? {
    let limits = cluster.limits
    let reached =
      request.isHTTP
      ? [(limits.pendingRequests, "max_pending_requests"), (limits.requests, "max_requests")]
      : [(limits.connections, "max_connections")]
    return reached.first { $0.0 == 0 }.map { "\($0.1) of \(cluster.name) is 0" }
  }

  /// The endpoints of a cluster, with the health that Envoy reports; nil if they are not known.
  private func endpoints(of cluster: EnvoyCluster, _ request: EnvoyUpstreamRequest) -> [EnvoyEndpoint]? {
    let reported = endpoints[cluster.name]
    let assigned: [EnvoyEndpoint]?
    switch cluster.discovery {
    case .originalDestination(let port):
      guard let original = request.original else { return [] }
      return [EnvoyEndpoint(.socket(Endpoint(original.address, port ?? original.port)))]
    case .fixed: assigned = cluster.endpoints
    case .dns, .other: assigned = cluster.endpoints.isEmpty ? nil : cluster.endpoints
    case .eds(let service): assigned = assignments[service]
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
  /// A cluster that Istio creates for every proxy; nil if the name is none of theirs.
  fileprivate init?(wellKnown name: String) {
    switch name {
    case "BlackHoleCluster": self.init(name: name)
    case "PassthroughCluster", "InboundPassthroughCluster", "InboundPassthroughClusterIpv4",
      "InboundPassthroughClusterIpv6":
      self.init(name: name, discovery: .originalDestination(port: nil))
    default: return nil
    }
  }

  /// The endpoints of a request's subset. Below the panic threshold the health is ignored.
  fileprivate func choices(_ endpoints: [EnvoyEndpoint], _ request: EnvoyUpstreamRequest) -> [EnvoyUpstream
    .Choice]
  {
    let subset = subset(of: endpoints, request.labels)
    let usable = subset.count { $0.health.isUsable }
    let isPanic = Double(usable) * 100 < panicThreshold * Double(subset.count)
    return subset.map { endpoint in
      EnvoyUpstream.Choice(
        endpoint: endpoint, tls: tls(to: endpoint), isLeftOut: !endpoint.health.isUsable && !isPanic)
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
