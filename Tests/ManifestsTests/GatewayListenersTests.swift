import Intercept
import Manifests
import Testing

/// The listeners of a gateway's proxy.
struct GatewayListenersTests {
  private static let pod = #"""
    {"kind": "Pod", "metadata": {"name": "gw", "namespace": "in", "labels": {"istio": "in"}}, "spec": {"containers":
    [{"name": "istio-proxy", "args": ["proxy", "router"]}]}, "status": {"podIP": "10.12.0.9"}}
    """#

  private func routes(_ spec: String, hosts: String = "*") -> String {
    #"""
    {"kind": "VirtualService", "metadata": {"name": "v", "namespace": "app"}, "spec": {"hosts": ["\#(hosts)"], "gateways":
    ["g"], \#(spec)}}
    """#
  }

  private let target = #"""
    {"kind": "Service", "metadata": {"name": "to", "namespace": "app"}, "spec": {"clusterIP": "10.96.0.1", "ports":
    [{"name": "tcp", "port": 7000}]}}
    """#

  private func listeners(_ objects: [String]) throws -> EnvoyConfiguration {
    let list = try ObjectList(jsonList([Self.pod, target] + objects))
    let options = try list.podOptions(named: "gw", in: MeshValues())
    #expect(options.noRules != nil)
    return ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 30), rules: Configuration()
    ).configuration
  }

  /// Returns `listener destination` of a connection to a port of the pod.
  private func route(_ objects: String..., port: Intercept.Port, name: String? = nil) throws -> String {
    let end = Endpoint(try #require(IPAddress("10.12.0.9")), port)
    let bytes = name.map { EnvoyFirstBytes(serverName: $0) }
    let found = try listeners(objects).route(
      EnvoyConnection(port: port, original: end, local: end, firstBytes: bytes))
    return "\(found.listener ?? "none") \(found.word)"
  }

  private let tcp = #""tcp": [{"match": [{"port": 9000}], "route": [{"destination": {"host": "to"}}]}]"#

  @Test func tcpRoutes() throws {
    let servers = gateway(server(9000, "TCP") + "," + server(9001, "TCP"))
    let found = try route(servers, routes(tcp), port: 9000)
    #expect(found == "0.0.0.0_9000 outbound|7000||to.app.svc.cluster.local")
    // No route, no listener.
    #expect(try listeners([servers, routes(tcp)]).listeners.map(\.name) == ["0.0.0.0_9000"])
    #expect(try listeners([servers]).listeners.isEmpty)
  }

  @Test func serversOfOnePortAreMerged() throws {
    let first = gateway(server(80, "HTTP", hosts: "a.example"), created: "1")
    let second = gateway(server(80, "HTTP2", hosts: "b.example"), name: "h", created: "2")
    let third = gateway(server(80, "TCP"), name: "i", created: "3")
    let found = try listeners([third, second, first]).listeners
    #expect(found.map(\.name) == ["0.0.0.0_80"])
    #expect(try route(first, second, port: 80) == "0.0.0.0_80 routes:http.80")
    #expect(found.first?.origin == "Gateway app/g and Gateway app/h")
  }

  @Test func serverNames() throws {
    let both = gateway(
      server(443, "HTTPS", hosts: "a.example", tls: "SIMPLE") + ","
        + server(443, "TLS", hosts: "*.b.example", tls: "PASSTHROUGH"))
    let tls = routes(
      #""tls": [{"match": [{"sniHosts": ["x.b.example"]}], "route": [{"destination": {"host": "to"}}]}]"#,
      hosts: "x.b.example")
    #expect(try route(both, tls, port: 443, name: "a.example") == "0.0.0.0_443 routes:https.443.p-443.g.app")
    #expect(
      try route(both, tls, port: 443, name: "x.b.example")
        == "0.0.0.0_443 outbound|7000||to.app.svc.cluster.local")
    #expect(try route(both, tls, port: 443, name: "y.b.example") == "0.0.0.0_443 closed")
  }

  @Test func terminatedTLSHasTCPRoutes() throws {
    let server = gateway(server(9000, "TLS", hosts: "*", tls: "SIMPLE"))
    #expect(
      try route(server, routes(tcp), port: 9000, name: "any")
        == "0.0.0.0_9000 outbound|7000||to.app.svc.cluster.local")
  }

  @Test(arguments: [("*", true), ("app/*", true), ("./*", true), ("other/*", false), ("b.example", false)])
  func hostsOfServers(_ hosts: String, _ isBound: Bool) throws {
    let names = try listeners([gateway(server(9000, "TCP", hosts: hosts)), routes(tcp, hosts: "a.example")])
      .listeners.map(\.name)
    #expect(names == (isBound ? ["0.0.0.0_9000"] : []))
  }

  /// A Gateway names the port of the Service; the proxy listens on its target.
  @Test func portsOfTheService() throws {
    let front = #"""
      {"kind": "Service", "metadata": {"name": "front", "namespace": "in"}, "spec": {"selector": {"istio": "in"}, "ports":
      [{"port": 80, "targetPort": 8080}]}}
      """#
    #expect(try route(gateway(server(80, "HTTP")), front, port: 8080) == "0.0.0.0_8080 routes:http.8080")
  }
}
