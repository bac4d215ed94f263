import Intercept
import Testing

/// Endpoints of clusters, and the response flags of failures.
@Suite struct ClusterTests {
  private func route(
    _ cluster: EnvoyCluster?, request: HTTPRequest? = nil, action: EnvoyRequestRoute.Action = .cluster("c"),
    labels: [String: String] = [:],
    filters: [EnvoyListenerFilter] = [EnvoyListenerFilter(.originalDestination)],
    _ change: (inout EnvoyResourceTable) -> Void = { _ in }
  ) -> EnvoyRoute {
    var resources = EnvoyResourceTable()
    resources.clusters["other"] = EnvoyCluster(name: "other")
    if let cluster { resources.clusters[cluster.name] = cluster }
    change(&resources)
    let single = EnvoyRequestRoute(match: EnvoyRequestMatch(.prefix("/")), action: action, labels: labels)
    let routes = EnvoyRouteConfiguration(
      name: "r", virtualHosts: [EnvoyVirtualHost(name: "v", domains: ["*"], routes: [single])])
    let destination: EnvoyDestination =
      request == nil ? .cluster("c") : .http(EnvoyHTTPConnectionManager(routes: "r", inline: routes))
    let listener = EnvoyListener(
      name: "l", addresses: [endpoint("0.0.0.0:15001")], listenerFilters: filters,
      filterChains: [EnvoyFilterChain(to: destination)])
    var connection = EnvoyConnection.on(15001, to: "10.0.0.1:80")
    connection.request = request
    return EnvoyConfiguration(listeners: [listener]).route(connection, resources)
  }

  private static func at(_ text: String, _ health: EnvoyHealth = .healthy, _ labels: [String: String] = [:])
    -> EnvoyEndpoint
  {
    EnvoyEndpoint(.socket(endpoint(text)), health: health, socketMatch: labels, labels: labels)
  }

  private func used(_ route: EnvoyRoute) -> [String] {
    (route.upstreams.first?.endpoints ?? []).filter { !$0.isLeftOut }.map(\.endpoint.address.description)
  }

  @Test func theOriginalDestination() {
    let cluster = EnvoyCluster(name: "c", discovery: .originalDestination(port: nil))
    #expect(used(route(cluster)) == ["10.0.0.1:80"])
    #expect(
      used(route(EnvoyCluster(name: "c", discovery: .originalDestination(port: 15008)))) == ["10.0.0.1:15008"]
    )
    // Without original_dst the destination is not restored, and the cluster has no endpoint.
    #expect(route(cluster, filters: []).flag == "UH")
  }

  @Test func healthAndPanic() {
    let mixed = [Self.at("10.1.0.1:1"), Self.at("10.1.0.2:1", .unhealthy), Self.at("10.1.0.3:1", .draining)]
    #expect(used(route(EnvoyCluster(name: "c", panicThreshold: 0, endpoints: mixed))) == ["10.1.0.1:1"])
    #expect(used(route(EnvoyCluster(name: "c", panicThreshold: 50, endpoints: mixed))).count == 3)
    let sick = EnvoyCluster(name: "c", panicThreshold: 0, endpoints: [mixed[1]])
    #expect(route(sick).flag == "UH")
    #expect(route(sick).isFailure)
    #expect(route(EnvoyCluster(name: "c")).flag == "UH")
    #expect(used(route(EnvoyCluster(name: "c", endpoints: [Self.at("10.1.0.1:1", .degraded)]))).count == 1)
  }

  @Test func discoveredAndReportedEndpoints() {
    let cluster = EnvoyCluster(name: "c", discovery: .eds(service: "s"), panicThreshold: 0)
    #expect(route(cluster).flag == nil)
    let assigned = route(cluster) { $0.assignments["s"] = [Self.at("10.1.0.1:1")] }
    #expect(used(assigned) == ["10.1.0.1:1"])
    #expect(assigned.flag == "UF,URX")
    #expect(!assigned.isFailure)
    let reported = route(cluster) {
      $0.assignments["s"] = [Self.at("10.1.0.1:1")]
      $0.reportedEndpoints["c"] = [Self.at("10.1.0.1:1", .unhealthy)]
    }
    #expect(reported.flag == "UH")
    let alone = route(nil) {
      $0.clusters = [:]
      $0.reportedEndpoints["c"] = [Self.at("10.1.0.1:1")]
    }
    #expect(used(alone) == ["10.1.0.1:1"])
  }

  @Test func missingClusters() {
    #expect(route(nil).flag == "NC")
    #expect(route(nil) { $0.clusters = [:] }.flag == nil)
    #expect(route(nil, request: HTTPRequest()).flag == "NC")
  }

  @Test func retriesInTheFlag() {
    let cluster = EnvoyCluster(name: "c", endpoints: [Self.at("10.1.0.1:1")])
    #expect(route(cluster).flag == "UF,URX")
    #expect(route(cluster, request: HTTPRequest()).flag == "UF")
  }

  @Test func limitsOfZero() {
    var cluster = EnvoyCluster(name: "c", endpoints: [Self.at("10.1.0.1:1")])
    cluster.limits.connections = 0
    #expect(route(cluster).flag == "UO")
    // A pool for requests always makes a first connection.
    #expect(route(cluster, request: HTTPRequest()).flag == "UF")
    cluster.limits = EnvoyCluster.CircuitBreakers(pendingRequests: 0)
    #expect(route(cluster).flag == "UF,URX")
    #expect(route(cluster, request: HTTPRequest()).flag == "UO")
    cluster.limits = EnvoyCluster.CircuitBreakers(requests: 0)
    #expect(route(cluster, request: HTTPRequest()).isFailure)
    cluster.endpoints = []
    #expect(route(cluster, request: HTTPRequest()).flag == "UH")
  }

  @Test func tlsByMetadata() {
    let matches = [
      EnvoyCluster.TransportSocketMatch(name: "istio", match: ["tlsMode": "istio"], tls: .mutual),
      EnvoyCluster.TransportSocketMatch(name: "disabled", match: [:], tls: .none),
    ]
    let endpoints = [Self.at("10.1.0.1:1", .healthy, ["tlsMode": "istio"]), Self.at("10.1.0.2:1")]
    var cluster = EnvoyCluster(name: "c", tls: .simple, transportSocketMatches: matches, endpoints: endpoints)
    #expect(route(cluster).upstreams.first?.endpoints?.map(\.tls) == [.mutual, .none])
    cluster.transportSocketMatches = []
    #expect(route(cluster).upstreams.first?.endpoints?.map(\.tls) == [.simple, .simple])
  }

  @Test func subsets() {
    let endpoints = [
      Self.at("10.1.0.1:1", .healthy, ["v": "1"]), Self.at("10.1.0.2:1", .healthy, ["v": "2"]),
    ]
    var cluster = EnvoyCluster(
      name: "c", subsets: EnvoyCluster.Subsets(selectors: [["v"]], fallback: .none), endpoints: endpoints)
    let request = HTTPRequest()
    #expect(used(route(cluster, request: request, labels: ["v": "2"])) == ["10.1.0.2:1"])
    #expect(route(cluster, request: request, labels: ["v": "3"]).flag == "UH")
    #expect(route(cluster, request: request).flag == "UH")
    cluster.subsets = EnvoyCluster.Subsets(selectors: [["v"]], fallback: .any)
    #expect(used(route(cluster, request: request)).count == 2)
    cluster.subsets = EnvoyCluster.Subsets(selectors: [], fallback: .defaults(["v": "1"]))
    #expect(used(route(cluster, request: request)) == ["10.1.0.1:1"])
  }

  /// Istio's clusters are known even if the configuration contains listeners alone.
  @Test func wellKnownClusters() {
    func flag(_ name: String) -> (String?, [String]) {
      let listener = EnvoyListener(name: "l", addresses: [endpoint("0.0.0.0:80")], filterChains: [.to(name)])
      let route = EnvoyConfiguration(listeners: [listener]).route(.on(80, to: "10.0.0.1:80"))
      return (route.flag, used(route))
    }
    #expect(flag("BlackHoleCluster") == ("UH", []))
    #expect(flag("PassthroughCluster") == ("UF,URX", ["10.0.0.1:80"]))
    #expect(flag("outbound|80||a") == (nil, []))
  }
}
