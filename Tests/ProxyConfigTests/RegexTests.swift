import Intercept
import Testing

/// Regular expressions and path templates match whole texts.
@Suite struct RegexTests {
  /// The cluster of a path: `yes`, `no`, or `yes,no` if the expression is not modelled.
  private func outcome(_ path: EnvoyRequestMatch.Path, _ text: String) -> String {
    let routes = [
      EnvoyRequestRoute(match: EnvoyRequestMatch(path), action: .cluster("yes")),
      EnvoyRequestRoute(match: EnvoyRequestMatch(.prefix("")), action: .cluster("no")),
    ]
    let configuration = EnvoyRouteConfiguration(
      name: "r", virtualHosts: [EnvoyVirtualHost(name: "v", domains: ["*"], routes: routes)])
    let manager = EnvoyHTTPConnectionManager(routes: "r", inline: configuration)
    let listener = EnvoyListener(
      name: "l", addresses: [endpoint("0.0.0.0:80")], filterChains: [EnvoyFilterChain(to: .http(manager))])
    var connection = EnvoyConnection.on(80, to: "10.0.0.1:80")
    connection.request = HTTPRequest(path: text)
    return EnvoyConfiguration(listeners: [listener]).route(connection).clusters.sorted().reversed()
      .joined(separator: ",")
  }

  @Test(arguments: [
    ("/a", "/a", "yes"), ("/a", "/ab", "no"), ("/a", "x/a", "no"), ("^/a$", "/a", "yes"), (".*", "/é", "yes"),
    ("/(a|b)c?", "/b", "yes"), ("/(a|b)c?", "/abc", "no"), ("/a|/b", "/b", "yes"),
    ("/(?:a|bc)+", "/abcbc", "yes"),
    ("/(?P<v>v[0-9]+)/.*", "/v12/x", "yes"), ("/[^/]+/x", "/a/b/x", "no"), ("/[a-c\\d-]*", "/a-3", "yes"),
    ("/\\w+\\.html", "/index.html", "yes"), ("/\\w+\\.html", "/indexxhtml", "no"), ("/a{2,3}", "/aaaa", "no"),
    ("/a{2,3}", "/aaa", "yes"), ("/a{2}", "/a", "no"), ("/a{2,}", "/aaaaa", "yes"),
    ("(?i)/A[b-c]", "/aC", "yes"),
    ("/(a*)*b", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", "no"), ("/.+?", "/x", "yes"), ("", "/", "no"),
    ("/a\\pLx", "/a", "yes,no"), ("/(?=a).*", "/a", "yes,no"), ("/a**", "/a", "yes,no"),
    ("/(a", "/a", "yes,no"),
    ("/a{1001}", "/a", "yes,no"), ("/[[:alpha:]]", "/a", "yes,no"), ("/\\bx", "/x", "yes,no"),
    ("/[]a]", "/]", "yes"),
  ])
  func expressions(_ pattern: String, _ text: String, _ wanted: String) {
    #expect(outcome(.regex(EnvoyRegex(pattern)), text) == wanted)
  }

  @Test(arguments: [
    ("/a/*", "/a/b", true), ("/a/*", "/a/", false), ("/a/*", "/a/b/c", false), ("/a/**", "/a/b/c", true),
    ("/a/**", "/a/", true), ("/a/**", "/a", false), ("/{x}/b/{y=**}", "/1/b/c/d", true),
    ("/{x}/b/{y=**}", "/1/c/d", false), ("/{v=api/*}/x", "/api/1/x", true), ("/{v=api/*}/x", "/1/x", false),
    ("/a/**.png", "/a/b/c.png", true), ("/a/**.png", "/a/b/c.jpg", false), ("/a/b", "/a/b", true),
    ("/a", "/a/", false),
  ])
  func templates(_ template: String, _ path: String, _ matches: Bool) {
    #expect(outcome(.template(EnvoyPathTemplate(template)), path) == (matches ? "yes" : "no"))
  }
}
