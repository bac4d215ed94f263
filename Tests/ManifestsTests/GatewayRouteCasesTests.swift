import Intercept
import Manifests
import Testing

/// The HTTP routes of a gateway: virtual hosts of the VirtualServices that name its Gateways.
struct GatewayRouteCasesTests {
  private static let services = [
    service("shop", "10.96.0.30", port(80, "http") + "," + port(8080, "http-alt")),
    service("single", "10.96.0.31", port(9000, "http")),
  ]
  private static let shop = "outbound|80||shop.app.svc.cluster.local"
  private static let single = "outbound|9000||single.app.svc.cluster.local"
  private static let missing = "NR 404"

  /// Returns the answer to a request at a port of the gateway.
  ///
  /// - Parameter name: the server name of TLS; nil for plain text.
  private func answer(
    _ objects: [String], _ request: HTTPRequest, port: Port = 80, name: String? = nil
  ) throws -> String {
    let list = try ObjectList(jsonList([GatewayCase.proxy] + Self.services + objects))
    let options = try list.podOptions(named: "gw", in: MeshValues())
    let listeners = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 31), rules: Configuration())
    let end = Endpoint(try #require(IPAddress("10.12.0.9")), port)
    let bytes = EnvoyFirstBytes(serverName: name, applicationProtocols: name == nil ? ["http/1.1"] : [])
    return listeners.route(
      EnvoyConnection(port: port, original: end, local: end, firstBytes: bytes, request: request)
    ).answer
  }

  private func answer(
    _ objects: [String], host: String, path: String = "/", port: Port = 80, name: String? = nil
  ) throws -> String {
    try answer(objects, HTTPRequest(host: host, path: path), port: port, name: name)
  }

  private static func routes(
    _ http: String, hosts: String = #"["*"]"#, gateways: String = #"["g"]"#, name: String = "v",
    namespace: String = "app"
  ) -> String {
    virtualService(
      #""gateways": \#(gateways), "http": [\#(http)]"#, hosts: hosts, name: name, namespace: namespace,
      created: name)
  }

  private static func to(_ host: String, _ match: String = "") -> String {
    let match = match.isEmpty ? "" : #""match": [{\#(match)}], "#
    return #"{\#(match)"route": [\#(destination(host))]}"#
  }

  private static let plain = gateway(server(80, "HTTP"))

  @Test(arguments: [
    (#"["g"]"#, shop), (#"["app/g"]"#, shop), (#"["mesh", "app/g"]"#, shop), (#"["mesh"]"#, missing),
    (#"["other/g"]"#, missing), (#"["h"]"#, missing),
  ])
  func gatewaysOfAVirtualService(_ gateways: String, _ expected: String) throws {
    let routes = Self.routes(Self.to("shop"), gateways: gateways)
    #expect(try answer([Self.plain, routes], host: "a.example") == expected)
  }

  /// Hosts of the server, hosts of the VirtualService, and a request's host.
  @Test(arguments: [
    ("*", "a.example", "a.example", true), ("*", "a.example", "b.example", false),
    ("a.example", "*", "a.example", true), ("a.example", "*", "b.example", false),
    ("*.example", "*.b.example", "a.b.example", true), ("*.example", "*.b.example", "a.example", false),
    ("*.b.example", "*.example", "a.example", false), ("a.example", "b.example", "b.example", false),
    ("app/*", "a.example", "a.example", true), ("./*", "a.example", "a.example", true),
    ("*/a.example", "a.example", "a.example:80", true), ("other/*", "a.example", "a.example", false),
    ("A.example", "*", "a.EXAMPLE", true), ("*", "shop", "shop.app.svc.cluster.local", true),
  ])
  func hosts(_ own: String, _ name: String, _ host: String, _ isRouted: Bool) throws {
    let objects = [
      gateway(server(80, "HTTP", hosts: own)), Self.routes(Self.to("shop"), hosts: #"["\#(name)"]"#),
    ]
    #expect(try answer(objects, host: host) == (isRouted ? Self.shop : Self.missing))
  }

  @Test func aDestinationWithoutAPortHasTheOnlyPortOfTheHost() throws {
    #expect(try answer([Self.plain, Self.routes(Self.to("single"))], host: "x") == Self.single)
    let far = gateway(server(8443, "HTTP"))
    let found = try answer([far, Self.routes(Self.to("shop"))], host: "x", port: 8443)
    #expect(found == "outbound|8443||shop.app.svc.cluster.local")
  }

  @Test(arguments: [
    (#""gateways": ["g"]"#, true), (#""gateways": ["mesh"]"#, false), (#""port": 80"#, true),
    (#""port": 81"#, false), (#""sourceLabels": {"istio": "in"}"#, true),
    (#""sourceLabels": {"istio": "out"}"#, false), (#""sourceNamespace": "in""#, true),
    (#""sourceNamespace": "app""#, false), (#""uri": {"prefix": "/a"}"#, true),
    (#""uri": {"prefix": "/b"}"#, false),
  ])
  func conditions(_ match: String, _ holds: Bool) throws {
    let routes = Self.routes(Self.to("single", match) + "," + Self.to("shop"))
    let found = try answer([Self.plain, routes], host: "x", path: "/a")
    #expect(found == (holds ? Self.single : Self.shop))
  }

  /// The routes of several VirtualServices of one host; those for every request are the last.
  @Test func routesOfOneHostAreMerged() throws {
    let all = Self.routes(Self.to("shop"), name: "1")
    let some = Self.routes(Self.to("single", #""uri": {"prefix": "/a"}"#), name: "2")
    #expect(try answer([Self.plain, all, some], host: "x", path: "/a") == Self.single)
    #expect(try answer([Self.plain, all, some], host: "x", path: "/b") == Self.shop)
  }

  @Test func hiddenVirtualServices() throws {
    let hidden = virtualService(
      #""gateways": ["g"], "exportTo": ["."], "http": [\#(Self.to("shop"))]"#, hosts: #"["*"]"#)
    #expect(try answer([Self.plain, hidden], host: "x") == Self.missing)
  }

  @Test func delegates() throws {
    let root = #"{"match": [{"uri": {"prefix": "/a"}}], "delegate": {"name": "d", "namespace": "app"}}"#
    let delegate = virtualService(#""http": [\#(Self.to("single"))]"#, hosts: "[]", name: "d")
    let objects = [Self.plain, Self.routes(root), delegate]
    #expect(try answer(objects, host: "x", path: "/a") == Self.single)
    #expect(try answer(objects, host: "x", path: "/b") == Self.missing)
  }

  @Test func serversOfHTTPSHaveTheirOwnRoutes() throws {
    let objects = [
      gateway(
        server(443, "HTTPS", hosts: "a.example", tls: "SIMPLE"),
        server(443, "HTTPS", hosts: "b.example", tls: "SIMPLE").replacing("p-443", with: "q")),
      Self.routes(Self.to("shop"), hosts: #"["a.example"]"#),
      Self.routes(Self.to("single"), hosts: #"["b.example"]"#, name: "w"),
    ]
    #expect(
      try answer(objects, host: "a.example", port: 443, name: "a.example")
        == "outbound|443||shop.app.svc.cluster.local")
    #expect(try answer(objects, host: "b.example", port: 443, name: "b.example") == Self.single)
    #expect(try answer(objects, host: "b.example", port: 443, name: "a.example") == Self.missing)
  }

  @Test func redirects() throws {
    let redirecting = gateway(server(80, "HTTP", more: #", "tls": {"httpsRedirect": true}"#))
    let found = "301, location https://a.example/p"
    for objects in [[redirecting], [redirecting, Self.routes(Self.to("shop"))]] {
      #expect(try answer(objects, host: "a.example", path: "/p") == found)
    }
    let keeps = #"{"redirect": {"derivePort": "FROM_REQUEST_PORT", "uri": "/n"}}"#
    let https = gateway(server(443, "HTTPS", tls: "SIMPLE"))
    #expect(
      try answer([https, Self.routes(keeps)], host: "x", port: 443, name: "x") == "301, location https://x/n")
    #expect(
      try answer([gateway(server(443, "HTTP")), Self.routes(keeps)], host: "x", port: 443)
        == "301, location http://x:443/n")
  }
}
