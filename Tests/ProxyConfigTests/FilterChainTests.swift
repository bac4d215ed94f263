import Intercept
import Testing

/// Selection of a listener's filter chain.
@Suite struct EnvoyFilterChainTests {
  private func cluster(
    _ chains: [EnvoyFilterChain], _ firstBytes: EnvoyFirstBytes? = nil, from source: String? = nil,
    to end: String = "10.0.0.1:80"
  ) -> String {
    let listener = EnvoyListener(
      name: "l", addresses: [endpoint("0.0.0.0:15006")], filterChains: chains)
    var connection = EnvoyConnection.on(15006, to: end, firstBytes: firstBytes)
    connection.source = source.flatMap { IPAddress($0) }
    return EnvoyConfiguration(listeners: [listener]).route(connection).word
  }

  private static func blocks(_ texts: String...) -> [CIDR] { texts.compactMap { CIDR($0) } }

  @Test func theMostExactDestinationWins() {
    let chains: [EnvoyFilterChain] = [
      .to("any"), .to("8") { $0.prefixRanges = Self.blocks("10.0.0.0/8") },
      .to("24") { $0.prefixRanges = Self.blocks("192.168.0.0/16", "10.0.0.0/24") },
    ]
    #expect(cluster(chains) == "24")
    #expect(cluster(chains, to: "10.1.0.1:80") == "8")
    #expect(cluster(chains, to: "11.1.0.1:80") == "any")
  }

  /// Envoy does not backtrack: once the port has decided, addresses cannot change that.
  @Test func stepsAreNotTakenBack() {
    let chains: [EnvoyFilterChain] = [
      .to("any") { $0.prefixRanges = Self.blocks("10.0.0.0/8") },
      .to("port") {
        $0.destinationPort = 80
        $0.prefixRanges = Self.blocks("192.168.0.0/16")
      },
    ]
    #expect(cluster(chains) == "closed")
    #expect(cluster(chains, to: "10.0.0.1:81") == "any")
  }

  @Test(arguments: [
    ("www.example.com", "www"), ("WWW.example.com", "www"), ("a.b.example.com", "*.b"),
    ("c.example.com", "*"), ("example.com", "any"), ("example.org", "any"),
  ])
  func serverNames(_ name: String, _ wanted: String) {
    let chains: [EnvoyFilterChain] = [
      .to("*") { $0.serverNames = ["*.example.com"] }, .to("*.b") { $0.serverNames = ["*.b.example.com"] },
      .to("www") { $0.serverNames = ["www.example.com"] }, .to("any"),
    ]
    #expect(cluster(chains, EnvoyFirstBytes(serverName: name)) == wanted)
    #expect(cluster(chains) == "any")
  }

  @Test func transportAndApplication() {
    let chains: [EnvoyFilterChain] = [
      .to("mtls") {
        $0.transportProtocol = "tls"
        $0.applicationProtocols = ["istio", "istio-peer-exchange"]
      },
      .to("tls") { $0.transportProtocol = "tls" },
      .to("http") {
        $0.transportProtocol = "raw_buffer"
        $0.applicationProtocols = ["http/1.1", "h2c"]
      },
      .to("plain"),
    ]
    #expect(cluster(chains, EnvoyFirstBytes(isTLS: true, applicationProtocols: ["h3", "istio"])) == "mtls")
    #expect(cluster(chains, EnvoyFirstBytes(serverName: "a")) == "tls")
    #expect(cluster(chains, EnvoyFirstBytes(applicationProtocols: ["http/1.1"])) == "http")
    // Plain bytes of an unknown protocol: raw_buffer leaves one chain, which requires HTTP.
    #expect(cluster(chains) == "closed")
  }

  @Test func theFirstProtocolThatAClientOffersDecides() {
    let chains: [EnvoyFilterChain] = ["h2", "http/1.1"].map { name in
      .to(name) { $0.applicationProtocols = [name] }
    }
    for offered in [["h2", "http/1.1"], ["http/1.1", "h2"]] {
      #expect(cluster(chains, EnvoyFirstBytes(isTLS: true, applicationProtocols: offered)) == offered[0])
    }
  }

  @Test func sources() {
    let chains: [EnvoyFilterChain] = [
      .to("any"), .to("block") { $0.sourcePrefixRanges = Self.blocks("10.7.0.0/16") },
      .to("self") { $0.sourceType = .sameHost },
    ]
    #expect(cluster(chains, from: "10.7.0.1") == "block")
    #expect(cluster(chains, from: "10.8.0.1") == "any")
    #expect(cluster(chains, from: "10.0.0.1") == "self")
    #expect(cluster(chains, from: "127.0.0.6") == "self")
    #expect(cluster(chains) == "unknown")
  }

  @Test func endsThatAreNoCluster() {
    func word(_ destination: EnvoyDestination) -> String { cluster([EnvoyFilterChain(to: destination)]) }
    #expect(word(.oneOf(["a", "b"])) == "a,b")
    #expect(word(.http(EnvoyHTTPConnectionManager(routes: "5701"))) == "routes:5701")
    let route = EnvoyRequestRoute(match: EnvoyRequestMatch(.prefix("/")), action: .cluster("inbound|80||"))
    let routes = EnvoyRouteConfiguration(
      name: "inbound|80||",
      virtualHosts: [EnvoyVirtualHost(name: "inbound", domains: ["*"], routes: [route, route])])
    #expect(
      word(.http(EnvoyHTTPConnectionManager(routes: "inbound|80||", inline: routes))) == "inbound|80||")
    #expect(word(.unknown(filter: "envoy.filters.network.redis_proxy")) == "unknown")
    #expect(word(.closed) == "closed")
    #expect(cluster([]) == "closed")
  }

  @Test func theDefaultChain() {
    let listener = EnvoyListener(
      name: "l", addresses: [endpoint("0.0.0.0:15006")],
      filterChains: [.to("x") { $0.destinationPort = 1 }], defaultFilterChain: .to("default"))
    let connection = EnvoyConnection.on(15006, to: "10.0.0.1:80")
    #expect(EnvoyConfiguration(listeners: [listener]).route(connection).cluster == "default")
  }
}
