import Intercept
import Testing

/// Internal listeners: HBONE tunnels that end or begin in the proxy.
@Suite struct TunnelTests {
  private static func cluster(_ name: String, to listener: String, id: String? = nil) -> EnvoyCluster {
    EnvoyCluster(name: name, endpoints: [EnvoyEndpoint(.listener(listener, id: id))])
  }

  private static var terminating: EnvoyConfiguration {
    let connect = EnvoyRequestRoute(
      match: EnvoyRequestMatch(.connect), action: .cluster("main_internal"), terminatesConnect: true)
    let routes = EnvoyRouteConfiguration(
      name: "default", virtualHosts: [EnvoyVirtualHost(name: "default", domains: ["*"], routes: [connect])])
    let manager = EnvoyHTTPConnectionManager(routes: "default", inline: routes)
    let terminate = EnvoyListener(
      name: "connect_terminate", addresses: [endpoint("0.0.0.0:15008")],
      filterChains: [EnvoyFilterChain(terminatesTLS: true, to: .http(manager))])
    let tree = EnvoyMatcher.exact(
      .destinationAddress,
      ["10.0.0.7": .matcher(.exact(.destinationPort, ["8080": .action("app")], otherwise: nil))],
      otherwise: .action("passthrough"))
    let main = EnvoyListener(
      name: "main_internal", addresses: [], matcher: tree,
      filterChains: [
        EnvoyFilterChain(name: "app", to: .cluster("inbound|8080||")),
        EnvoyFilterChain(name: "passthrough", to: .cluster("encap")),
      ])
    return EnvoyConfiguration(listeners: [terminate, main])
  }

  private func terminated(_ authority: String, method: String = "CONNECT") -> EnvoyRoute {
    var resources = EnvoyResourceTable()
    resources.clusters["main_internal"] = Self.cluster("main_internal", to: "main_internal")
    resources.clusters["inbound|8080||"] = EnvoyCluster(
      name: "inbound|8080||", discovery: .originalDestination(port: nil))
    resources.clusters["encap"] = EnvoyCluster(name: "encap")
    var connection = EnvoyConnection.on(15008, to: "10.0.0.7:15008")
    connection.request = HTTPRequest(method: method, host: authority)
    return Self.terminating.route(connection, resources)
  }

  @Test func connectEndsInTheInternalListener() {
    let route = terminated("10.0.0.7:8080")
    #expect(route.listener == "main_internal")
    #expect(route.cluster == "inbound|8080||")
    #expect(route.hops.map(\.listener) == ["connect_terminate", "main_internal"])
    #expect(route.upstreams.first?.endpoints?.map(\.endpoint.address) == [.socket(endpoint("10.0.0.7:8080"))])
    #expect(terminated("10.0.0.8:8080").cluster == "encap")
    #expect(terminated("10.0.0.8:8080").flag == "UH")
    #expect(terminated("10.0.0.7:8080", method: "GET").flag == "NR")
  }

  @Test func anEndpointBeginsATunnel() {
    let outbound = EnvoyListener(
      name: "out", addresses: [endpoint("10.96.0.1:80")], filterChains: [.to("outbound|80||a")])
    let originate = EnvoyListener(
      name: "connect_originate", addresses: [], filterChains: [.to("connect_originate")])
    var resources = EnvoyResourceTable()
    resources.clusters["outbound|80||a"] = Self.cluster(
      "outbound|80||a", to: "connect_originate", id: "10.0.0.7:8080")
    resources.clusters["connect_originate"] = EnvoyCluster(
      name: "connect_originate", discovery: .originalDestination(port: 15008), tls: .mutual)
    let route = EnvoyConfiguration(listeners: [outbound, originate]).route(
      .on(80, to: "10.96.0.1:80"), resources)
    #expect(route.listener == "out")
    #expect(route.cluster == "outbound|80||a")
    #expect(route.hops.map(\.endpoints) == [["connect_originate/10.0.0.7:8080"], ["10.0.0.7:15008"]])
  }

  @Test func aLoopOfListenersEnds() {
    let loop = EnvoyListener(name: "loop", addresses: [endpoint("0.0.0.0:80")], filterChains: [.to("c")])
    var resources = EnvoyResourceTable()
    resources.clusters["c"] = Self.cluster("c", to: "loop")
    let route = EnvoyConfiguration(listeners: [loop]).route(.on(80, to: "10.0.0.1:80"), resources)
    #expect(route.hops.count < 10)
  }
}
