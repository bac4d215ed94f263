import Intercept
import Manifests
import Testing

/// HTTPRoutes of the Gateway API, at Gateways, in sidecars and in waypoints.
struct GatewayAPITests {
  private static let shop = "outbound|80||shop.app.svc.cluster.local"
  private static let new = "outbound|9000||new.app.svc.cluster.local"

  private static func httpRoute(
    _ rules: String, parent: String = #"{"name": "gw", "namespace": "app"}"#, hosts: String = "[]",
    name: String = "r", namespace: String = "app"
  ) -> String {
    kubernetesRoute("HTTPRoute", rules, parent: parent, hosts: hosts, name: name, namespace: namespace)
  }

  private func listeners(_ objects: [String], pod: String = GatewayAPIMesh.gateway, named name: String = "gw")
    throws
    -> ProxyListeners
  {
    let list = try ObjectList(jsonList([pod] + GatewayAPIMesh.services + objects))
    let options = try list.podOptions(named: name, in: MeshValues())
    return ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 31), rules: Configuration())
  }

  /// Returns the answer of the gateway to a request.
  private func answer(
    _ objects: [String], _ path: String = "/", host: String = "a.example", port: Port = 80,
    headers: [HTTPRequest.Header] = []
  ) throws -> String {
    let end = Endpoint(try #require(IPAddress("10.12.0.9")), port)
    let request = HTTPRequest(host: host, path: path, headers: headers)
    return try listeners(objects).route(
      EnvoyConnection(
        port: port, original: end, local: end,
        firstBytes: EnvoyFirstBytes(applicationProtocols: ["http/1.1"]), request: request)
    ).answer
  }

  private static let gateway = kubernetesGateway(kubernetesListener("http", 80))

  /// A match, a path with a query, and whether it holds.
  @Test(arguments: [
    ("", "/", true), (#""path": {"value": "/a"}"#, "/a", true), (#""path": {"value": "/a/"}"#, "/a/b", true),
    (#""path": {"value": "/a"}"#, "/ab", false), (#""path": {"type": "Exact", "value": "/a"}"#, "/a", true),
    (#""path": {"type": "Exact", "value": "/a"}"#, "/a/", false),
    (#""path": {"type": "RegularExpression", "value": "/[0-9]+"}"#, "/12", true),
    (#""method": "GET""#, "/", true), (#""method": "POST""#, "/", false),
    (#""headers": [{"name": "User", "value": "ann"}]"#, "/", true),
    (#""headers": [{"name": "User", "value": "bob"}]"#, "/", false),
    (#""headers": [{"name": "User", "type": "RegularExpression", "value": "a.*"}]"#, "/", true),
    (#""queryParams": [{"name": "x", "value": "1"}]"#, "/?x=1", true),
    (#""queryParams": [{"name": "x", "value": "1"}]"#, "/?x=2", false),
  ])
  func matches(_ match: String, _ path: String, _ holds: Bool) throws {
    let user = HTTPRequest.Header(name: "User", value: "ann")
    let found = try answer(
      [Self.gateway, Self.httpRoute(rule(to: "new", 9000, match))], path, headers: [user])
    #expect(found == (holds ? Self.new : "NR 404"))
  }

  /// The most specific match decides, not the first.
  @Test func precedence() throws {
    let rules = [
      rule(to: "far", 80), rule(to: "shop", 80, #""path": {"value": "/a"}"#),
      rule(to: "new", 9000, #""path": {"value": "/a/b"}"#),
    ].joined(separator: ", ")
    let objects = [Self.gateway, Self.httpRoute(rules)]
    #expect(try answer(objects, "/a/b/c") == Self.new)
    #expect(try answer(objects, "/a/c") == Self.shop)
    #expect(try answer(objects, "/c") == "outbound|80||far.app.svc.cluster.local")
  }

  /// A listener, a parent, hosts of the route, and whether the route applies to a.example.
  @Test(arguments: [
    ("", #"{"name": "gw"}"#, "[]", true), ("", #"{"name": "gw", "sectionName": "http"}"#, "[]", true),
    ("", #"{"name": "gw", "sectionName": "x"}"#, "[]", false),
    ("", #"{"name": "gw", "port": 80}"#, "[]", true),
    ("", #"{"name": "gw", "port": 81}"#, "[]", false), ("", #"{"name": "none"}"#, "[]", false),
    ("", #"{"name": "gw"}"#, #"["a.example"]"#, true), ("", #"{"name": "gw"}"#, #"["b.example"]"#, false),
    (#", "hostname": "*.example""#, #"{"name": "gw"}"#, #"["a.example"]"#, true),
    (#", "hostname": "a.example""#, #"{"name": "gw"}"#, "[]", true),
    (#", "hostname": "b.example""#, #"{"name": "gw"}"#, #"["a.example"]"#, false),
    (#", "allowedRoutes": {"kinds": [{"kind": "GRPCRoute"}]}"#, #"{"name": "gw"}"#, "[]", false),
  ])
  func parents(_ listener: String, _ parent: String, _ hosts: String, _ applies: Bool) throws {
    let objects = [
      kubernetesGateway(kubernetesListener("http", 80, "HTTP", listener)),
      Self.httpRoute(rule(to: "shop", 80), parent: parent, hosts: hosts),
    ]
    #expect(try answer(objects) == (applies ? Self.shop : "NR 404"))
  }

  /// The namespaces whose routes a listener takes, for a route of namespace `other`.
  @Test(arguments: [
    ("{}", false), (#"{"from": "All"}"#, true), (#"{"from": "Same"}"#, false),
    (#"{"from": "Selector", "selector": {"matchLabels": {"team": "x"}}}"#, true),
    (#"{"from": "Selector", "selector": {"matchLabels": {"team": "y"}}}"#, false),
    (#"{"from": "Selector", "selector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}}"#, true),
  ])
  func namespacesOfRoutes(_ namespaces: String, _ applies: Bool) throws {
    let allowed = #", "allowedRoutes": {"namespaces": \#(namespaces)}"#
    let objects = [
      kubernetesGateway(kubernetesListener("http", 80, "HTTP", allowed)),
      #"{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "other", "labels": {"team": "x"}}}"#,
      Self.httpRoute(rule(to: "far", 80), namespace: "other"),
    ]
    #expect(try answer(objects) == (applies ? "outbound|80||far.other.svc.cluster.local" : "NR 404"))
  }

  /// Another namespace's Service needs a ReferenceGrant at a gateway.
  @Test func referenceGrants() throws {
    let far = Self.httpRoute(rule(to: "far", 80, more: #", "namespace": "other""#))
    #expect(try answer([Self.gateway, far]) == "UnknownService")
    func grant(_ to: String) -> String {
      #"""
      {"kind": "ReferenceGrant", "apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "g", "namespace":
      "other"}, "spec": {"from": [{"kind": "HTTPRoute", "namespace": "app"}], "to": [\#(to)]}}
      """#
    }
    for (to, allows) in [
      (#"{"kind": "Service"}"#, true), (#"{"kind": "Service", "name": "far"}"#, true),
      (#"{"kind": "Service", "name": "x"}"#, false),
    ] {
      let found = try answer([Self.gateway, far, grant(to)])
      #expect(found == (allows ? "outbound|80||far.other.svc.cluster.local" : "UnknownService"))
    }
  }

  @Test func weightsAndRedirects() throws {
    func found(_ rule: String) throws -> String {
      try answer([Self.gateway, Self.httpRoute(rule)], "/a/b?x=1")
    }
    let both = #"{"name": "new", "port": 9000, "weight": 1}"#
    let none = #"{"name": "shop", "port": 80, "weight": 0}"#
    #expect(try found(#"{"backendRefs": [\#(both), \#(none)]}"#) == Self.new)
    #expect(try found(#"{"backendRefs": [\#(none)]}"#) == "500")
    func redirect(_ settings: String) -> String {
      #"""
      {"matches": [{"path": {"value": "/a"}}], "filters": [{"type": "RequestRedirect", "requestRedirect":
      {\#(settings)}}]}
      """#
    }
    #expect(try found(redirect(#""scheme": "https""#)) == "302, location https://a.example/a/b?x=1")
    #expect(
      try found(redirect(#""statusCode": 301, "hostname": "n.example", "port": 81"#))
        == "301, location http://n.example:81/a/b?x=1")
    #expect(
      try found(redirect(#""path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/n"}"#))
        == "302, location http://a.example/n/b?x=1")
  }

  /// Routes of a host that a more specific listener has do not apply at the others.
  @Test func listenersIsolateTheirHosts() throws {
    let gateway = kubernetesGateway(
      kubernetesListener("all", 80), kubernetesListener("one", 80, "HTTP", #", "hostname": "a.example""#))
    let route = Self.httpRoute(rule(to: "shop", 80), parent: #"{"name": "gw", "sectionName": "all"}"#)
    let named = Self.httpRoute(
      rule(to: "shop", 80), parent: #"{"name": "gw", "sectionName": "all"}"#, hosts: #"["a.example"]"#)
    #expect(try answer([gateway, route], host: "b.example") == Self.shop)
    #expect(try answer([gateway, named]) == "NR 404")
  }

  /// The ports of a Gateway are those of its Services.
  @Test func portsOfServices() throws {
    let managed = service(
      "gw-istio", "10.96.0.40", port(80, "http", #", "targetPort": 8080"#),
      more: #", "selector": {"gateway.networking.k8s.io/gateway-name": "gw"}"#)
    let route = Self.httpRoute(rule(to: "shop", 80))
    #expect(try answer([Self.gateway, managed, route], port: 8080) == Self.shop)
    let own = kubernetesGateway(
      kubernetesListener("http", 80),
      spec: #""gatewayClassName": "istio", "addresses": [{"type": "Hostname", "value": "gw-istio"}]"#)
    #expect(try answer([own, managed, route], port: 8080) == Self.shop)
  }

  /// A pod's sidecar, whose Service is the parent.
  @Test(arguments: [
    ("app", "", Self.new), ("other", "", Self.shop), ("app", #", "port": 80"#, Self.new),
    ("app", #", "port": 81"#, Self.shop),
  ])
  func routesOfAService(_ namespace: String, _ more: String, _ expected: String) throws {
    let backend = rule(to: "new", 9000, more: #", "namespace": "app""#)
    let parent = #"{"group": "", "kind": "Service", "name": "shop", "namespace": "app"\#(more)}"#
    let route = Self.httpRoute(backend, parent: parent, namespace: namespace)
    let listeners = try listeners([route], pod: ListenerCasesTests.web, named: "web")
    let connection = EnvoyConnection(
      port: 15001, original: try #require(Endpoint("10.96.0.30:80")),
      firstBytes: EnvoyFirstBytes(applicationProtocols: ["http/1.1"]), request: HTTPRequest(host: "shop"))
    #expect(listeners.route(connection).answer == expected)
  }

  @Test func objectsThatAreNotFollowed() throws {
    func warnings(_ objects: String...) throws -> [String] { try listeners(objects).warnings }
    #expect(try warnings(Self.gateway, Self.httpRoute(rule(to: "shop", 80))) == [])
    let unknown = kubernetesGateway(spec: #""gatewayClassName": "x""#)
    #expect(
      try warnings(unknown) == ["Gateway app/gw is not followed: its class x is not in the list"])
    let filtered = #"{"filters": [{"type": "ExtensionRef"}], "backendRefs": [{"name": "shop", "port": 80}]}"#
    #expect(
      try warnings(Self.gateway, Self.httpRoute(filtered)) == [
        "HTTPRoute app/r: the filter ExtensionRef is not supported: Istio ignores the route"
      ])
    let away = Self.httpRoute(rule(to: "shop", 80), parent: #"{"name": "none"}"#)
    #expect(
      try warnings(Self.gateway, away) == [
        "HTTPRoute app/r: its parent Gateway app/none is not in the list, or of a kind that is not followed"
      ])
  }
}
