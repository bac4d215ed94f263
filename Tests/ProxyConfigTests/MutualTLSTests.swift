import Intercept
import Testing

/// Mutual TLS as listeners accept it and clusters send it.
struct MutualTLSTests {
  private func chain(
    _ transport: String?, protocols: [String] = [], isMutual: Bool = false, forwards: Bool = false
  ) -> EnvoyFilterChain {
    var match = EnvoyFilterChainMatch()
    match.transportProtocol = transport
    match.applicationProtocols = protocols
    return EnvoyFilterChain(
      match: match, terminatesTLS: isMutual, requiresClientCertificate: isMutual,
      forwardsByServerName: forwards,
      to: .cluster("app"))
  }

  private func accepted(_ chains: [EnvoyFilterChain], isHTTP: Bool = false) -> EnvoyAcceptedTLS? {
    let listener = EnvoyListener(
      name: "virtualInbound", addresses: [endpoint("0.0.0.0:15006")], filterChains: chains)
    return EnvoyConfiguration(listeners: [listener])
      .acceptedTLS(.on(15006, to: "10.0.0.1:80"), isHTTP: isHTTP)
  }

  @Test func modesOfListeners() {
    let mutual = chain("tls", protocols: ["istio"], isMutual: true)
    #expect(accepted([mutual, chain("raw_buffer")]) == .permissive)
    #expect(accepted([mutual]) == .strict)
    #expect(accepted([chain("raw_buffer")]) == .disable)
    // TLS that passes through to the app is not mutual TLS of the mesh.
    #expect(accepted([chain(nil)]) == .disable)
    #expect(accepted([]) == nil)
    #expect(accepted([chain("tls", protocols: ["istio-http/1.1"], isMutual: true)], isHTTP: true) == .strict)
    #expect(accepted([chain("tls", protocols: ["istio-http/1.1"], isMutual: true)]) == nil)
  }

  private func route(_ tls: EnvoyUpstreamTLS, _ protocols: [String] = []) -> EnvoyUpstream.Choice? {
    let name = "outbound|80|v1|db.app.svc.cluster.local"
    var resources = EnvoyResourceTable()
    resources.clusters[name] = EnvoyCluster(
      name: name, tls: tls, applicationProtocols: protocols,
      endpoints: [EnvoyEndpoint(.socket(endpoint("10.0.0.2:80")))])
    let listener = EnvoyListener(
      name: "virtualOutbound", addresses: [endpoint("0.0.0.0:15001")], filterChains: [.to(name)])
    let route = EnvoyConfiguration(listeners: [listener]).route(.on(15001, to: "10.0.0.1:80"), resources)
    return route.upstreams.first?.usable.first
  }

  @Test func firstBytesOfTheProxy() throws {
    let cluster = "outbound|80|v1|db.app.svc.cluster.local"
    let own = EnvoyFirstBytes(serverName: "x.example")
    let plain = try #require(route(.none))
    #expect(plain.firstBytes(cluster: cluster, isHTTP: false, received: own) == own)
    #expect(plain.firstBytes(cluster: cluster, isHTTP: false, received: nil) == nil)
    #expect(
      plain.firstBytes(cluster: cluster, isHTTP: true, received: own)
        == EnvoyFirstBytes(applicationProtocols: ["http/1.1"]))
    let mutual = try #require(route(.mutual, ["istio-peer-exchange", "istio"]))
    let sent = mutual.firstBytes(cluster: cluster, isHTTP: false, received: nil)
    #expect(sent?.serverName == "outbound_.80_.v1_.db.app.svc.cluster.local")
    #expect(sent?.applicationProtocols == ["istio-peer-exchange", "istio"])
    let http = mutual.firstBytes(cluster: cluster, isHTTP: true, received: nil)
    #expect(http?.applicationProtocols == ["istio-http/1.1", "istio", "http/1.1"])
    // Certificates of the user's own offer none of Istio's protocols.
    let custom = try #require(route(.mutual))
    #expect(custom.firstBytes(cluster: cluster, isHTTP: true, received: nil)?.applicationProtocols == [])
    let simple = try #require(route(.simple))
    #expect(simple.firstBytes(cluster: cluster, isHTTP: false, received: nil) == EnvoyFirstBytes(isTLS: true))
  }

  /// The filter `sni_cluster` of a gateway with AUTO_PASSTHROUGH.
  @Test func serverNamesAsClusters() {
    let listener = EnvoyListener(
      name: "0.0.0.0_15443", addresses: [endpoint("0.0.0.0:15443")],
      filterChains: [chain("tls", forwards: true)])
    let proxy = EnvoyConfiguration(listeners: [listener])
    let name = "outbound_.80_._.db.app.svc.cluster.local"
    #expect(
      proxy.route(.on(15443, to: "10.0.0.1:15443", firstBytes: EnvoyFirstBytes(serverName: name))).cluster
        == name)
    #expect(
      proxy.route(.on(15443, to: "10.0.0.1:15443", firstBytes: EnvoyFirstBytes(isTLS: true))).cluster == "app"
    )
  }
}
