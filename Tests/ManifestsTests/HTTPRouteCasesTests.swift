import Intercept
import Manifests
import Testing

/// The HTTP routes of VirtualServices in a sidecar: the first route whose conditions hold decides.
struct HTTPRouteCasesTests {
  private static let services = [
    service("shop", "10.96.0.30", port(80, "http") + "," + port(8080, "http-alt")),
    service("v1", "10.96.0.31", port(80, "http")), service("v2", "10.96.0.32", port(9000, "http")),
  ]

  /// Returns the answer to a request of pod app/web, which has the label app=web: the cluster by port, subset and first
  /// label of the host, or the response.
  private func answer(
    _ objects: [String], _ request: HTTPRequest, to: String = "9.9.9.9:80"
  ) throws -> String {
    try route(objects, request, to: to).answer
  }

  private func route(
    _ objects: [String], _ request: HTTPRequest, to: String = "9.9.9.9:80"
  ) throws -> EnvoyRoute {
    let list = try ObjectList(jsonList([ListenerCasesTests.web] + Self.services + objects))
    let mesh = try MeshValues("{}")
    let options = try list.podOptions(named: "web", in: mesh)
    let listeners = ProxyListeners(
      list, for: options, values: mesh, release: IstioRelease(minor: 30), rules: Configuration())
    let connection = EnvoyConnection(
      port: 15001, original: try #require(Endpoint(to)),
      firstBytes: EnvoyFirstBytes(applicationProtocols: ["http/1.1"]), request: request)
    return listeners.route(connection)
  }

  private func answer(
    _ http: String, _ request: HTTPRequest = HTTPRequest(host: "shop"), to: String = "9.9.9.9:80",
    hosts: String = #"["shop"]"#
  ) throws -> String {
    try answer([virtualService(#""http": [\#(http)]"#, hosts: hosts)], request, to: to)
  }

  private static func route(_ match: String, to host: String = "v1", _ more: String = "") -> String {
    #"{"match": [{\#(match)}], "route": [\#(destination(host))]\#(more)}"#
  }

  private static let own = "outbound|80||shop.app.svc.cluster.local"
  private static let first = "outbound|80||v1.app.svc.cluster.local"
  private static let fallback = #"{"route": [\#(destination("shop"))]}"#

  /// A match, a request, and whether it holds.
  @Test(arguments: [
    (#""uri": {"exact": "/a"}"#, "/a", true), (#""uri": {"exact": "/a"}"#, "/a/b", false),
    (#""uri": {"exact": "/a"}"#, "/a?x=1", true), (#""uri": {"prefix": "/a"}"#, "/ab", true),
    (#""uri": {"prefix": "/a"}"#, "/b", false), (#""uri": {"regex": "/v[0-9]+"}"#, "/v12", true),
    (#""uri": {"regex": "/v[0-9]+"}"#, "/v12/x", false), (#""uri": {"prefix": "/A"}"#, "/a", false),
    (#""uri": {"prefix": "/A"}, "ignoreUriCase": true"#, "/a", true), (#""uri": {}"#, "/x", true),
    (#""queryParams": {"id": {"exact": "7"}}"#, "/a?id=7", true),
    (#""queryParams": {"id": {"exact": "7"}}"#, "/a?id=8", false),
    (#""queryParams": {"id": {}}"#, "/?id=8", true), (#""queryParams": {"id": {}}"#, "/", false),
    (#""port": 80"#, "/", true), (#""port": 8080"#, "/", false),
    (#""sourceLabels": {"app": "web"}"#, "/", true),
    (#""sourceLabels": {"app": "x"}"#, "/", false), (#""sourceNamespace": "app""#, "/", true),
    (#""sourceNamespace": "b""#, "/", false), (#""gateways": ["mesh"]"#, "/", true),
    (#""gateways": ["gw"]"#, "/", false), (#""gateways": ["mesh"], "sourceLabels": {"app": "x"}"#, "/", true),
    (#""scheme": {"exact": "http"}"#, "/", true), (#""scheme": {"exact": "https"}"#, "/", false),
    (#""uri": {"prefix": "/a"}, "method": {"exact": "GET"}"#, "/a", true),
    (#""uri": {"prefix": "/a"}, "method": {"exact": "POST"}"#, "/a", false),
    (#""authority": {"prefix": "shop"}"#, "/", true), (#""authority": {"exact": "shop.app"}"#, "/", false),
  ])
  func conditions(_ match: String, _ path: String, _ holds: Bool) throws {
    let request = HTTPRequest(host: "shop", path: path)
    let found = try answer(Self.route(match) + "," + Self.fallback, request)
    #expect(found == (holds ? Self.first : Self.own))
  }

  @Test(arguments: [
    (#""headers": {"user": {"exact": "jason"}}"#, "jason", true),
    (#""headers": {"user": {"exact": "jason"}}"#, "ann", false),
    (#""headers": {"user": {"exact": "jason"}}"#, nil, false),
    (#""headers": {"user": {"prefix": "ja"}}"#, "jason", true),
    (#""headers": {"user": {"regex": "*"}}"#, "x", true),
    (#""headers": {"user": {}}"#, nil, false),
    (#""withoutHeaders": {"user": {"exact": "jason"}}"#, "ann", true),
    (#""withoutHeaders": {"user": {"exact": "jason"}}"#, nil, true),
    (#""withoutHeaders": {"user": {"exact": "jason"}}"#, "jason", false),
    (#""withoutHeaders": {"user": {}}"#, nil, true), (#""withoutHeaders": {"user": {}}"#, "x", false),
  ])
  func headers(_ match: String, _ user: String?, _ holds: Bool) throws {
    let headers = user.map { [HTTPRequest.Header(name: "User", value: $0)] } ?? []
    let found = try answer(
      Self.route(match) + "," + Self.fallback, HTTPRequest(host: "shop", headers: headers))
    #expect(found == (holds ? Self.first : Self.own))
  }

  @Test func claimsOfATokenAreUnknown() throws {
    let match = #""headers": {"@request.auth.claims.group": {"exact": "a"}}"#
    #expect(try answer(Self.route(match) + "," + Self.fallback) == "\(Self.own),\(Self.first)")
  }

  @Test func severalMatchesAreAlternatives() throws {
    let both =
      #"{"match": [{"uri": {"exact": "/a"}}, {"uri": {"exact": "/b"}}], "route": [\#(destination("v1"))]}"#
    for path in ["/a", "/b"] {
      #expect(try answer(both, HTTPRequest(host: "shop", path: path)) == Self.first)
    }
    #expect(try answer(both, HTTPRequest(host: "shop", path: "/c")) == "NR 404")
  }

  /// A VirtualService without a route for the port or the client leaves the host its own route.
  @Test func noRouteApplies() throws {
    #expect(try answer(Self.route(#""port": 8080"#)) == Self.own)
    #expect(try answer(Self.route(#""gateways": ["gw"]"#)) == Self.own)
  }

  @Test func destinationsWithoutAPortHaveTheListenersPort() throws {
    #expect(try answer(Self.route("", to: "v2")) == "outbound|80||v2.app.svc.cluster.local")
    #expect(
      try answer(Self.route("", to: "v1"), to: "9.9.9.9:8080") == "outbound|8080||v1.app.svc.cluster.local")
    let given = #"{"route": [\#(destination("v2", #", "port": {"number": 9000}, "subset": "s""#))]}"#
    #expect(try answer(given) == "outbound|9000|s|v2.app.svc.cluster.local")
  }

  @Test func weights() throws {
    func found(_ first: Int, _ second: Int) throws -> String {
      let targets = destination("v1", weight: first) + "," + destination("shop", weight: second)
      return try answer(#"{"route": [\#(targets)]}"#)
    }
    #expect(try found(100, 0) == Self.first)
    #expect(try found(0, 100) == Self.own)
    #expect(Set(try found(50, 50).split(separator: ",").map(String.init)) == [Self.first, Self.own])
  }

  @Test func redirects() throws {
    func found(_ redirect: String) throws -> String {
      try answer(
        #"{"match": [{"uri": {"prefix": "/a"}}], "redirect": {\#(redirect)}}"#,
        HTTPRequest(host: "shop", path: "/a/b?x=1"))
    }
    #expect(try found(#""uri": "/n""#) == "301, location http://shop/n?x=1")
    #expect(try found(#""authority": "e.example""#) == "301, location http://e.example/a/b?x=1")
    #expect(try found(#""scheme": "https", "redirectCode": 308"#) == "308, location https://shop/a/b?x=1")
    #expect(try found(#""port": 8443, "scheme": "https""#) == "301, location https://shop:8443/a/b?x=1")
    #expect(try found(#""port": 443, "scheme": "https""#) == "301, location https://shop/a/b?x=1")
    #expect(
      try found(#""derivePort": "FROM_REQUEST_PORT", "uri": "/n""#) == "301, location http://shop/n?x=1")
    #expect(try found(#""redirectCode": 399"#) == "unknown")
  }

  @Test func responsesAndFaults() throws {
    #expect(try answer(#"{"directResponse": {"status": 418}}"#) == "418")
    func fault(_ share: String) -> String {
      #", "fault": {"abort": {"httpStatus": 555\#(share)}}"#
    }
    #expect(try answer(Self.route("", fault(#", "percentage": {"value": 100}"#))) == "FI 555")
    #expect(try answer(Self.route("", fault(#", "percentage": {"value": 0.5}"#))) == Self.first)
    #expect(try answer(Self.route("", fault(""))) == Self.first)
  }

  @Test(arguments: [
    (#""percentage": {"value": 100}"#, "a fault delays every request by 5s; the access log has DI"),
    (
      #""percentage": {"value": 0.5}"#,
      "a fault may delay the request by 5s, as it does 0.5 % of the requests; then the access log has DI"
    ),
    (
      #""percent": 10"#,
      "a fault may delay the request by 5s, as it does 10.0 % of the requests; then the access log has DI"
    ), ("", nil), (#""percentage": {}"#, nil),
  ])
  func delays(_ share: String, _ reason: String?) throws {
    let fault =
      #", "fault": {"delay": {\#([#""fixedDelay": "5s""#, share].filter { !$0.isEmpty }.joined(separator: ", "))}}"#
    let found = try route(
      [virtualService(#""http": [\#(Self.route("", fault))]"#, hosts: #"["shop"]"#)],
      HTTPRequest(host: "shop"))
    #expect(found.answer == Self.first)
    #expect(found.reasons.first { $0.hasPrefix("a fault") } == reason)
  }

  @Test func hostsOfAVirtualService() throws {
    let hosts = #"["shop", "other.example"]"#
    // A name that no host has is added to every port of the others.
    for end in ["9.9.9.9:80", "9.9.9.9:8080"] {
      let request = HTTPRequest(host: "other.example")
      #expect(try answer(Self.route(""), request, to: end, hosts: hosts).contains("||v1."))
    }
    let alone = try answer(
      Self.route(""), HTTPRequest(host: "other.example"), to: "9.9.9.9:8080", hosts: #"["other.example"]"#)
    #expect(alone == "PassthroughCluster")
    for name in ["shop", "shop.app", "shop.app.svc", "shop.app.svc.cluster.local", "SHOP", "shop:80"] {
      #expect(try answer(Self.route(""), HTTPRequest(host: name)) == Self.first)
    }
  }

  @Test func theMostSpecificHostDecides() throws {
    func service(_ host: String, to target: String, _ name: String) -> String {
      virtualService(
        #""http": [{"route": [\#(destination(target))]}]"#, hosts: #"["\#(host)"]"#, name: name, created: name
      )
    }
    let wide = service("*.cluster.local", to: "a.example", "1")
    let near = service("*.app.svc.cluster.local", to: "b.example", "2")
    let exact = service("shop", to: "v1", "3")
    let request = HTTPRequest(host: "shop")
    #expect(try answer([wide, near, exact], request) == Self.first)
    #expect(try answer([wide, near], request) == "outbound|80||b.example")
    #expect(try answer([wide], request) == "outbound|80||a.example")
  }
}

/// Routes of delegates: VirtualServices without hosts.
extension HTTPRouteCasesTests {
  private func delegated(_ root: String, _ delegate: String, path: String, exportTo: String = "") throws
    -> String
  {
    let hosts = "[]"
    let objects = [
      virtualService(
        #""http": [{\#(root)"delegate": {"name": "d", "namespace": "team"}}, \#(Self.fallback)]"#,
        hosts: #"["shop"]"#),
      virtualService(#"\#(exportTo)"http": [{\#(delegate)}]"#, hosts: hosts, name: "d", namespace: "team"),
    ]
    return try answer(objects, HTTPRequest(host: "shop", path: path))
  }

  @Test func aDelegatesRoutesAreLimitedByTheRootsMatch() throws {
    let root = #""match": [{"uri": {"prefix": "/a"}}], "#
    let target = #""route": [\#(destination("x.example"))]"#
    let found = "outbound|80||x.example"
    #expect(try delegated(root, target, path: "/a/1") == found)
    #expect(try delegated(root, target, path: "/b") == Self.own)
    let inner = #""match": [{"uri": {"prefix": "/a/b"}}], \#(target)"#
    #expect(try delegated(root, inner, path: "/a/b") == found)
    #expect(try delegated(root, inner, path: "/a/c") == Self.own)
    // A contradiction leaves the route out.
    let outside = #""match": [{"uri": {"prefix": "/c"}}], \#(target)"#
    #expect(try delegated(root, outside, path: "/c") == Self.own)
    #expect(try delegated(root, target, path: "/a", exportTo: #""exportTo": ["."], "#) == Self.own)
    #expect(try delegated(root, target, path: "/a", exportTo: #""exportTo": ["app"], "#) == found)
  }

  @Test func shortDestinationsOfADelegateAreOfItsOwnNamespace() throws {
    let target = #""route": [\#(destination("v1"))]"#
    #expect(try delegated("", target, path: "/") == "outbound|80||v1.team.svc.cluster.local")
  }
}
