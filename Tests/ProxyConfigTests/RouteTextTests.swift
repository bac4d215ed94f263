import Intercept
import Testing

@Suite struct RouteTextTests {
  @Test func coloursAddNothingButColours() {
    let connection = EnvoyConnection.on(15001, to: "10.0.0.1:80")
    let route = EnvoyConfiguration(listeners: [.virtualOutbound]).route(connection)
    let coloured = route.text(for: connection, .coloured)
    #expect(coloured.contains("\u{1b}[36m  listener virtualOutbound\u{1b}[0m\n"))
    #expect(coloured.replacing(/\u{1b}\[[0-9]+m/, with: "") == route.text(for: connection))
  }

  /// Without a request, requests that no route takes are not promised to a cluster.
  @Test(arguments: [
    ("*", "/", "sends all requests to a:"), ("*", "/p", "sends requests that have a route to a:"),
    ("a.example", "/", "sends requests that have a route to a:"),
  ])
  func requestsWithoutARoute(_ domain: String, _ prefix: String, _ words: String) {
    let request = EnvoyRequestRoute(match: EnvoyRequestMatch(.prefix(prefix)), action: .cluster("a"))
    let routes = EnvoyRouteConfiguration(
      name: "80", virtualHosts: [EnvoyVirtualHost(name: "v", domains: [domain], routes: [request])])
    let listener = EnvoyListener(
      name: "l", addresses: [endpoint("0.0.0.0:80")],
      filterChains: [EnvoyFilterChain(to: .http(EnvoyHTTPConnectionManager(routes: "80", inline: routes)))])
    let route = EnvoyConfiguration(listeners: [listener]).route(.on(80, to: "10.0.0.1:80"))
    #expect(route.summary.contains(words), "\(route.summary)")
  }
}
