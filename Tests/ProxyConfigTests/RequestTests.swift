import Intercept
import Testing

/// Virtual hosts and routes of requests.
@Suite struct RequestTests {
  private func route(
    _ hosts: [EnvoyVirtualHost], _ request: HTTPRequest, ignoresPort: Bool = false,
    _ change: (inout EnvoyHTTPConnectionManager) -> Void = { _ in }, tls: Bool = false
  ) -> EnvoyRoute {
    let configuration = EnvoyRouteConfiguration(name: "80", virtualHosts: hosts, ignoresPort: ignoresPort)
    var manager = EnvoyHTTPConnectionManager(routes: "80", inline: configuration)
    change(&manager)
    let listener = EnvoyListener(
      name: "l", addresses: [endpoint("0.0.0.0:80")],
      filterChains: [EnvoyFilterChain(terminatesTLS: tls, to: .http(manager))])
    var connection = EnvoyConnection.on(80, to: "10.0.0.1:80")
    connection.request = request
    return EnvoyConfiguration(listeners: [listener]).route(connection)
  }

  private static func host(_ domains: String...) -> EnvoyVirtualHost {
    let route = EnvoyRequestRoute(match: EnvoyRequestMatch(.prefix("/")), action: .cluster(domains[0]))
    return EnvoyVirtualHost(name: domains[0], domains: domains, routes: [route])
  }

  private static let hosts = [
    host("*"), host("a.b"), host("*.b"), host("*-x.b"), host("a.*"), host("a.b.*"), host("a.b:81"),
    host("C.d"),
  ]

  @Test(arguments: [
    ("a.b", "a.b"), ("A.B", "a.b"), ("a.b:80", "a.b"), ("a.b:81", "a.b:81"), ("c.b", "*.b"), (".b", "*"),
    ("q-x.b", "*-x.b"), ("a.x", "a.*"), ("a.b.c", "a.b.*"), ("a.", "*"), ("c.D", "C.d"), ("z", "*"),
    ("a.q.b", "*.b"),
  ])
  func domains(_ name: String, _ wanted: String) {
    let ignoring = name == "a.b:80"
    #expect(route(Self.hosts, HTTPRequest(host: name), ignoresPort: ignoring).cluster == wanted)
  }

  @Test func withoutAVirtualHost() {
    let route = route([Self.host("a.b")], HTTPRequest(host: "b"))
    #expect(route.flag == "NR")
    #expect(route.word == "response:404")
    #expect(route.isFailure)
  }

  @Test func portsOfTheHost() {
    let hosts = [Self.host("a.b"), Self.host("*")]
    #expect(route(hosts, HTTPRequest(host: "a.b:80")).cluster == "*")
    #expect(route(hosts, HTTPRequest(host: "a.b:80")) { $0.stripsPort = .matching }.cluster == "a.b")
    #expect(route(hosts, HTTPRequest(host: "a.b:81")) { $0.stripsPort = .matching }.cluster == "*")
    #expect(route(hosts, HTTPRequest(host: "a.b:81")) { $0.stripsPort = .any }.cluster == "a.b")
    #expect(route(hosts, HTTPRequest(host: "a.b.")) { $0.stripsTrailingDot = true }.cluster == "a.b")
    let six = [Self.host("[::1]"), Self.host("*")]
    #expect(route(six, HTTPRequest(host: "[::1]:80"), ignoresPort: true).cluster == "[::1]")
  }

  /// curl sends the address that it connects to.
  @Test func theHostIsTheDestinationIfNoneIsGiven() {
    #expect(route([Self.host("10.0.0.1:80"), Self.host("*")], HTTPRequest()).cluster == "10.0.0.1:80")
  }

  @Test(arguments: [
    (EnvoyRequestMatch(.prefix("/a")), "/ab?c", true), (EnvoyRequestMatch(.prefix("/a")), "/A", false),
    (EnvoyRequestMatch(.prefix("/a"), isCaseSensitive: false), "/Ab", true),
    (EnvoyRequestMatch(.exact("/a")), "/a?b", true), (EnvoyRequestMatch(.exact("/a")), "/a/", false),
    (EnvoyRequestMatch(.exact("/a")), "/a#b", true),
    (EnvoyRequestMatch(.separatedPrefix("/a")), "/a", true),
    (EnvoyRequestMatch(.separatedPrefix("/a")), "/a/b", true),
    (EnvoyRequestMatch(.separatedPrefix("/a")), "/ab", false),
    (EnvoyRequestMatch(.regex(EnvoyRegex("/a[0-9]+"))), "/a12?x", true),
    (EnvoyRequestMatch(.regex(EnvoyRegex("/a"))), "/a12", false),
    (EnvoyRequestMatch(.template(EnvoyPathTemplate("/v/{id}/*"))), "/v/1/x", true),
    (EnvoyRequestMatch(.connect), "/", false),
    (EnvoyRequestMatch(.prefix("/"), queryParameters: [EnvoyQueryMatch("q", nil)]), "/?q", true),
    (EnvoyRequestMatch(.prefix("/"), queryParameters: [EnvoyQueryMatch("q", nil)]), "/?p=q", false),
    (
      EnvoyRequestMatch(.prefix("/"), queryParameters: [EnvoyQueryMatch("q", EnvoyStringMatch(.exact("1")))]),
      "/?p=2&q=1&q=2", true
    ),
    (
      EnvoyRequestMatch(.prefix("/"), queryParameters: [EnvoyQueryMatch("q", EnvoyStringMatch(.exact("1")))]),
      "/?q=2&q=1", false
    ),
    (EnvoyRequestMatch(.prefix("/"), percentage: 0), "/", false),
    (EnvoyRequestMatch(.prefix("/"), percentage: 100), "/", true),
    (EnvoyRequestMatch(.prefix("/"), isGRPC: true), "/", false),
  ])
  func paths(_ match: EnvoyRequestMatch, _ path: String, _ matches: Bool) {
    #expect(clusters([match], HTTPRequest(path: path)) == (matches ? ["0"] : ["rest"]))
  }

  @Test(arguments: [
    (EnvoyHeaderMatch("X-A", .text(EnvoyStringMatch(.exact("1")))), true),
    (EnvoyHeaderMatch("x-a", .text(EnvoyStringMatch(.exact("2")))), false),
    (EnvoyHeaderMatch("x-a", .text(EnvoyStringMatch(.exact("2"))), isInverted: true), true),
    (EnvoyHeaderMatch("x-b", .text(EnvoyStringMatch(.exact("2"))), isInverted: true), false),
    (
      EnvoyHeaderMatch(
        "x-b", .text(EnvoyStringMatch(.exact("2"))), isInverted: true, treatsMissingAsEmpty: true),
      true
    ),
    (EnvoyHeaderMatch("x-b", .text(EnvoyStringMatch(.exact(""))), treatsMissingAsEmpty: true), true),
    (EnvoyHeaderMatch("x-b", .present(true)), false), (EnvoyHeaderMatch("x-b", .present(false)), true),
    (EnvoyHeaderMatch("x-b", .present(true), isInverted: true), true),
    (EnvoyHeaderMatch("x-a", .present(true), isInverted: true), false),
    (EnvoyHeaderMatch("x-a", .range(1..<2)), true), (EnvoyHeaderMatch("x-a", .range(0..<1)), false),
    (EnvoyHeaderMatch("x-c", .text(EnvoyStringMatch(.exact("p,q")))), true),
    (EnvoyHeaderMatch("x-c", .range(0..<9)), false),
    (EnvoyHeaderMatch(":method", .text(EnvoyStringMatch(.exact("PUT")))), true),
    (EnvoyHeaderMatch(":path", .text(EnvoyStringMatch(.suffix("?y")))), true),
    (EnvoyHeaderMatch(":authority", .text(EnvoyStringMatch(.prefix("H"), ignoresCase: true))), true),
    (EnvoyHeaderMatch("x-a", .text(EnvoyStringMatch(.regex(EnvoyRegex("[12]"))))), true),
    (EnvoyHeaderMatch("x-c", .text(EnvoyStringMatch(.contains(",")))), true),
  ])
  func headers(_ match: EnvoyHeaderMatch, _ matches: Bool) {
    let headers = [("x-a", "1"), ("X-C", "p"), ("x-c", "q")].map {
      HTTPRequest.Header(name: $0.0, value: $0.1)
    }
    let request = HTTPRequest(method: "PUT", host: "h", path: "/x?y", headers: headers)
    let found = clusters([EnvoyRequestMatch(.prefix("/"), headers: [match])], request)
    #expect(found == (matches ? ["0"] : ["rest"]))
  }

  /// The clusters of a request: a match's number, or `rest` if none matches.
  private func clusters(_ matches: [EnvoyRequestMatch], _ request: HTTPRequest) -> [String] {
    let routes = matches.enumerated().map { EnvoyRequestRoute(match: $1, action: .cluster("\($0)")) }
    let rest = EnvoyRequestRoute(match: EnvoyRequestMatch(.prefix("")), action: .cluster("rest"))
    return route([EnvoyVirtualHost(name: "v", domains: ["*"], routes: routes + [rest])], request).clusters
  }

  @Test func chanceLeavesBothRoutes() {
    let half = EnvoyRequestMatch(.prefix("/"), percentage: 50)
    #expect(clusters([half], HTTPRequest()) == ["0", "rest"])
    #expect(clusters([EnvoyRequestMatch(.prefix("/x"), percentage: 50)], HTTPRequest()) == ["rest"])
    #expect(clusters([EnvoyRequestMatch(.prefix("/")), half], HTTPRequest()) == ["0"])
    #expect(clusters([EnvoyRequestMatch(.prefix("/"), others: ["cookies"])], HTTPRequest()) == ["0", "rest"])
  }

  @Test func onlyAConnectMatcherMatchesConnect() {
    let matches = [EnvoyRequestMatch(.prefix("/")), EnvoyRequestMatch(.connect)]
    #expect(clusters(matches, HTTPRequest(method: "CONNECT")) == ["1"])
  }

  private func action(_ action: EnvoyRequestRoute.Action, _ request: HTTPRequest, tls: Bool = false)
    -> EnvoyRoute
  {
    let single = EnvoyRequestRoute(name: "r", match: EnvoyRequestMatch(.prefix("/a")), action: action)
    return route([EnvoyVirtualHost(name: "v", domains: ["*"], routes: [single])], request, tls: tls)
  }

  @Test func actions() {
    let request = HTTPRequest(host: "h:80", path: "/a/b?q", headers: [.init(name: "to", value: "c1")])
    #expect(action(.weightedClusters(["a", "b"]), request).clusters == ["a", "b"])
    #expect(action(.weightedClusters(["a"]), request).cluster == "a")
    #expect(action(.clusterHeader("To"), request).cluster == "c1")
    #expect(action(.clusterHeader("other"), request).flag == "NC")
    #expect(action(.directResponse(status: 418), request).word == "response:418")
    #expect(action(.directResponse(status: 418), request).flag == nil)
    #expect(action(.unknown("x"), request).word == "unknown")
    #expect(action(.cluster("c"), request).request?.name == "r")
    #expect(action(.cluster("c"), HTTPRequest(path: "/")).flag == "NR")
  }

  @Test func redirects() {
    func location(_ host: String = "h", tls: Bool = false, _ change: (inout EnvoyRedirect) -> Void) -> String?
    {
      var redirect = EnvoyRedirect()
      change(&redirect)
      let route = action(.redirect(redirect), HTTPRequest(host: host, path: "/a/b?q"), tls: tls)
      guard case .response(let response) = route.destination else { return nil }
      return response.location
    }
    #expect(location { $0.scheme = "https" } == "https://h/a/b?q")
    #expect(location("h:80") { $0.scheme = "https" } == "https://h/a/b?q")
    #expect(location("h:81") { $0.host = "x" } == "http://x/a/b?q")
    #expect(location("h:81", tls: true) { $0.port = 8443 } == "https://h:8443/a/b?q")
    #expect(location { $0.path = .replaced("/z") } == "http://h/z?q")
    #expect(location { $0.path = .prefix("/z") } == "http://h/z/b?q")
    #expect(location { $0.stripsQuery = true } == "http://h/a/b")
    #expect(location { $0.path = .regex } == nil)
  }

  @Test func hostsThatRequireTLS() {
    var host = Self.host("*")
    host.redirectsToHTTPS = .all
    #expect(route([host], HTTPRequest(host: "h")).word == "response:301")
    #expect(route([host], HTTPRequest(host: "h"), tls: true).cluster == "*")
    host.redirectsToHTTPS = .externalOnly
    #expect(route([host], HTTPRequest(host: "h")).word == "unknown")
  }

  /// Without a request the clusters of all routes are possible.
  @Test func discoveredRoutes() {
    var resources = EnvoyResourceTable()
    resources.routes["80"] = EnvoyRouteConfiguration(
      name: "80", virtualHosts: [Self.host("a"), Self.host("b")])
    let listener = EnvoyListener(
      name: "l", addresses: [endpoint("0.0.0.0:80")],
      filterChains: [EnvoyFilterChain(to: .http(EnvoyHTTPConnectionManager(routes: "80")))])
    let proxy = EnvoyConfiguration(listeners: [listener])
    var connection = EnvoyConnection.on(80, to: "10.0.0.1:80")
    #expect(proxy.route(connection, resources).clusters == ["a", "b"])
    #expect(proxy.route(connection).word == "routes:80")
    connection.request = HTTPRequest(host: "b")
    #expect(proxy.route(connection, resources).cluster == "b")
    #expect(proxy.route(connection).word == "routes:80")
  }
}
