import Intercept
import Manifests
import Testing

/// The listeners of a waypoint's proxy, and the clusters they lead to.
struct WaypointListenersTests {
  private static let proxy = #"""
    {"kind": "Pod", "metadata": {"name": "wp", "namespace": "app", "labels": {"gateway.networking.k8s.io/gateway-name":
    "waypoint", "gateway.networking.k8s.io/gateway-class-name": "istio-waypoint", "gateway.istio.io/managed":
    "istio.io-mesh-controller"}}, "spec": {"containers": [{"name": "istio-proxy", "args": ["proxy", "waypoint"]}]},
    "status": {"podIP": "10.12.0.9"}}
    """#
  private static let uses = #"{"istio.io/use-waypoint": "waypoint"}"#
  private static let ports = [
    port(5701), port(80, "http"), port(90, "auto"), port(443, "tls"),
    port(53, "dns", #", "protocol": "UDP""#),
  ].joined(separator: ", ")

  private static func db(_ labels: String = uses) -> String {
    service("db", "10.96.0.20", ports, labels: labels, more: #", "selector": {"app": "db"}"#)
  }

  private static func workload(_ labels: String = "{}", annotations: String = "{}") -> String {
    #"""
    {"kind": "Pod", "metadata": {"name": "db-1", "namespace": "app", "annotations": \#(annotations), "labels": \#(labels)},
    "spec": {"containers": []}, "status": {"podIP": "10.12.0.7", "phase": "Running"}}
    """#
  }

  private static func gateway(for traffic: String) -> String {
    #"""
    {"kind": "Gateway", "apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "waypoint", "namespace": "app",
    "labels": {"istio.io/waypoint-for": "\#(traffic)"}}, "spec": {"gatewayClassName": "istio-waypoint"}}
    """#
  }

  private static func namespace(_ labels: String) -> String {
    #"{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "app", "labels": \#(labels)}}"#
  }

  /// Returns the route of a connection that a tunnel carries to an address.
  private func route(_ objects: [String], to end: String) throws -> EnvoyRoute {
    let list = try ObjectList(jsonList([Self.proxy] + objects))
    let options = try list.podOptions(named: "wp", in: MeshValues())
    #expect(options.noRules != nil)
    let listeners = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 31), rules: Configuration())
    let tunnel = try #require(Endpoint("10.12.0.9:15008"))
    let connection = EnvoyConnection(
      port: tunnel.port, original: tunnel, local: tunnel, request: HTTPRequest(method: "CONNECT", host: end))
    return listeners.route(connection)
  }

  @Test(arguments: [
    ("10.96.0.20:5701", "inbound-vip|5701|tcp|db.app.svc.cluster.local"),
    ("10.96.0.20:80", "inbound-vip|80|http|db.app.svc.cluster.local"),
    ("10.96.0.20:90", "inbound-vip|90|tcp|db.app.svc.cluster.local"),
    ("10.96.0.20:443", "inbound-vip|443|tcp|db.app.svc.cluster.local"), ("10.96.0.20:53", nil),
    ("10.96.0.20:1", nil), ("10.96.0.21:5701", nil),
  ])
  func portsOfAService(_ end: String, _ cluster: String?) throws {
    let found = try route([Self.db(), Self.workload(#"{"app": "db"}"#)], to: end)
    #expect(found.listener == "main_internal" && found.cluster == cluster)
    #expect(found.isFailure == (cluster == nil))
  }

  @Test func tunnelsBeginAndEnd() throws {
    let ambient = Self.workload(
      #"{"app": "db"}"#, annotations: #"{"ambient.istio.io/redirection": "enabled"}"#)
    let found = try route([Self.db(), ambient], to: "10.96.0.20:5701")
    #expect(found.hops.map(\.listener) == ["connect_terminate", "main_internal", "connect_originate"])
    #expect(found.hops.last?.endpoints == ["10.12.0.7:15008"])
    let plain = try route([Self.db(), Self.workload(#"{"app": "db"}"#)], to: "10.96.0.20:5701")
    #expect(plain.upstreams.first?.endpoints?.map(\.endpoint.address.description) == ["10.12.0.7:5701"])
  }

  /// The labels of the Service and its namespace that choose the waypoint.
  @Test(arguments: [
    (uses, "{}", true), ("{}", uses, true), ("{}", "{}", false),
    (#"{"istio.io/use-waypoint": "none"}"#, uses, false),
    (#"{"istio.io/use-waypoint": "x"}"#, uses, false),
    (#"{"istio.io/use-waypoint": "waypoint", "istio.io/use-waypoint-namespace": "app"}"#, "{}", true),
    (#"{"istio.io/use-waypoint": "waypoint", "istio.io/use-waypoint-namespace": "x"}"#, "{}", false),
    (#"{"gateway.istio.io/managed": "istio.io-mesh-controller"}"#, uses, false),
  ])
  func labelsChooseTheWaypoint(_ labels: String, _ namespace: String, _ isUsed: Bool) throws {
    let found = try route([Self.db(labels), Self.namespace(namespace)], to: "10.96.0.20:5701")
    #expect((found.cluster != nil) == isUsed)
  }

  /// The traffic that the Gateway takes.
  @Test(arguments: [
    ("service", true, false), ("workload", false, true), ("all", true, true), ("none", false, false),
  ])
  func trafficOfTheWaypoint(_ traffic: String, _ takesServices: Bool, _ takesPods: Bool) throws {
    let objects = [Self.db(), Self.workload(Self.uses), Self.gateway(for: traffic)]
    #expect(try (route(objects, to: "10.96.0.20:5701").cluster != nil) == takesServices)
    #expect(try (route(objects, to: "10.12.0.7:1").cluster == "encap") == takesPods)
  }

  @Test func serviceEntriesUseWaypoints() throws {
    let one = entry("e", #""1.2.3.4""#, labels: Self.uses)
    #expect(try route([one], to: "1.2.3.4:5701").cluster == "inbound-vip|5701|tcp|e.example")
    let block = entry("e", #""20.0.0.0/8""#, labels: Self.uses)
    #expect(try route([block], to: "20.1.2.3:5701").cluster == "inbound-vip|5701|tcp|e.example")
    let allocated = entry(
      "e", labels: Self.uses, status: #"{"addresses": [{"value": "240.240.0.1", "host": "e.example"}]}"#)
    #expect(try route([allocated], to: "240.240.0.1:5701").cluster == "inbound-vip|5701|tcp|e.example")
  }

  /// TCP routes, and TLS routes for the host's own name.
  @Test(arguments: [
    (#""tcp": [{"route": [\#(destination("to"))]}]"#, "outbound|7000||to.app.svc.cluster.local"),
    (#""tcp": [{"match": [{"port": 1}], "route": [\#(destination("to"))]}]"#, nil),
    (#""tcp": [{"match": [{"sourceLabels": {"a": "b"}}], "route": [\#(destination("to"))]}]"#, nil),
    (
      #""tls": [{"match": [{"sniHosts": ["db.app.svc.cluster.local"]}], "route": [\#(destination("to"))]}]"#,
      "outbound|7000||to.app.svc.cluster.local"
    ),
    (#""tls": [{"match": [{"sniHosts": ["x"]}], "route": [\#(destination("to"))]}]"#, nil),
    (
      #""tcp": [{"route": [\#(destination("db", #", "port": {"number": 80}"#))]}]"#,
      "inbound-vip|80|http|db.app.svc.cluster.local"
    ),
    (#""gateways": ["g"], "tcp": [{"route": [\#(destination("to"))]}]"#, nil),
  ])
  func routesOfVirtualServices(_ spec: String, _ cluster: String?) throws {
    let objects = [Self.db(), service("to", "10.96.0.21", port(7000)), virtualService(spec)]
    let own = "inbound-vip|5701|tcp|db.app.svc.cluster.local"
    #expect(try route(objects, to: "10.96.0.20:5701").cluster == cluster ?? own)
    let far = virtualService(spec, hosts: #"["db.app.svc.cluster.local"]"#, namespace: "other")
    #expect(try route([Self.db(), far], to: "10.96.0.20:5701").cluster == own)
  }

  /// HTTP routes, for every name that a request has.
  @Test(arguments: [
    (#"{"route": [\#(destination("to"))]}"#, ["outbound|7000||to.app.svc.cluster.local"]),
    (
      #"{"match": [{"uri": {"prefix": "/a"}}], "route": [\#(destination("to"))]}, \#(fallback)"#,
      ["outbound|7000||to.app.svc.cluster.local", own]
    ),
    (#"{"match": [{"sourceLabels": {"a": "b"}}], "route": [\#(destination("to"))]}"#, [own]),
    (
      #"{"match": [{"gateways": ["mesh"], "sourceLabels": {"a": "b"}}], "route": [\#(destination("to"))]}"#,
      [own]
    ),
    (#"{"match": [{"port": 1}], "route": [\#(destination("to"))]}"#, [own]),
    (#"{"directResponse": {"status": 418}}"#, []),
    (
      #"{"route": [\#(destination("db", #", "port": {"number": 443}, "subset": "s""#))]}"#,
      ["inbound-vip|443|tcp/s|db.app.svc.cluster.local"]
    ),
    (#"{"route": [\#(destination("none"))]}"#, ["inbound-vip|80|http|none.app.svc.cluster.local"]),
  ])
  func routesOfHTTP(_ routes: String, _ expected: [String]) throws {
    let objects = [
      Self.db(), service("to", "10.96.0.21", port(7000)), virtualService(#""http": [\#(routes)]"#),
    ]
    #expect(try route(objects, to: "10.96.0.20:80").clusters == expected)
  }

  @Test func routesOfTheGatewayAPI() throws {
    let route = #"""
      {"kind": "HTTPRoute", "apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "r", "namespace": "app"},
      "spec": {"parentRefs": [{"group": "", "kind": "Service", "name": "db"}], "rules": [{"backendRefs": [{"name": "to",
      "port": 7000}]}]}}
      """#
    let to = service("to", "10.96.0.21", port(7000))
    let found = try self.route([Self.db(), to, route], to: "10.96.0.20:80")
    #expect(found.cluster == "outbound|7000||to.app.svc.cluster.local")
  }

  private static let own = "inbound-vip|80|http|db.app.svc.cluster.local"
  private static let fallback = #"{"route": [\#(destination("db"))]}"#
}
