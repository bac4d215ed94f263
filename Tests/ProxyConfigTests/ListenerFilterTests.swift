import Intercept
import Testing

/// Properties of a connection that listener filters detect, or leave undetected.
@Suite struct ListenerFilterTests {
  private static let tls = EnvoyFirstBytes(serverName: "a.b", applicationProtocols: ["istio"])
  private static let http = EnvoyFirstBytes(applicationProtocols: ["http/1.1"])

  private func cluster(
    _ filters: [EnvoyListenerFilter], _ bytes: EnvoyFirstBytes, usesOriginalDestination: Bool = false,
    local: String? = nil, _ chains: [EnvoyFilterChain]
  ) -> String {
    let listener = EnvoyListener(
      name: "l", addresses: [endpoint("0.0.0.0:15006")], usesOriginalDestination: usesOriginalDestination,
      listenerFilters: filters, filterChains: chains)
    var connection = EnvoyConnection.on(15006, to: "10.0.0.1:80", firstBytes: bytes)
    connection.local = local.map(endpoint)
    return EnvoyConfiguration(listeners: [listener]).route(connection).word
  }

  private static let chains: [EnvoyFilterChain] = [
    .to("sni") { $0.serverNames = ["a.b"] }, .to("tls") { $0.transportProtocol = "tls" },
    .to("http") { $0.applicationProtocols = ["http/1.1"] }, .to("any"),
  ]

  @Test(arguments: [
    ([EnvoyListenerFilter(.tlsInspector)], tls, "sni"), ([EnvoyListenerFilter(.httpInspector)], tls, "any"),
    ([], tls, "any"), ([EnvoyListenerFilter(.httpInspector)], http, "http"),
    ([EnvoyListenerFilter(.tlsInspector)], http, "any"), ([], http, "any"),
    ([EnvoyListenerFilter(.tlsInspector), EnvoyListenerFilter(.httpInspector)], tls, "sni"),
    ([EnvoyListenerFilter(.other("tls"))], tls, "any"),
  ])
  func inspectors(_ filters: [EnvoyListenerFilter], _ bytes: EnvoyFirstBytes, _ wanted: String) {
    #expect(cluster(filters, bytes, Self.chains) == wanted)
  }

  /// The predicate sees the local port, which original_dst restores.
  @Test(arguments: [
    (EnvoyPortPredicate.any, false), (.not(.any), true), (.ports(15006..<15007), false),
    (.ports(15000..<15006), true), (.ports(80..<81), true), (.allOf([.any, .ports(80..<81)]), true),
    (.anyOf([.ports(1..<2), .ports(15006..<15007)]), false),
  ])
  func predicates(_ predicate: EnvoyPortPredicate, _ runs: Bool) {
    let inspector = EnvoyListenerFilter(.tlsInspector, disabled: predicate)
    #expect(cluster([inspector], Self.tls, Self.chains) == (runs ? "sni" : "any"))
  }

  @Test func thePredicateSeesARestoredPort() {
    let inspector = EnvoyListenerFilter(.tlsInspector, disabled: .ports(80..<81))
    let restoring = EnvoyListenerFilter(.originalDestination)
    #expect(cluster([restoring, inspector], Self.tls, Self.chains) == "any")
    #expect(cluster([inspector, restoring], Self.tls, Self.chains) == "sni")
    // use_original_dst appends original_dst, after the inspectors.
    #expect(cluster([inspector], Self.tls, usesOriginalDestination: true, Self.chains) == "sni")
  }

  private static let ports: [EnvoyFilterChain] = [
    .to("original") { $0.destinationPort = 80 }, .to("local") { $0.destinationPort = 15006 },
  ]

  @Test func withoutRestoringTheLocalAddressMatches() {
    #expect(cluster([], Self.http, Self.ports) == "local")
    #expect(cluster([EnvoyListenerFilter(.originalDestination)], Self.http, Self.ports) == "original")
    #expect(cluster([], Self.http, usesOriginalDestination: true, Self.ports) == "original")
    // With TPROXY the socket keeps the destination.
    #expect(cluster([], Self.http, local: "10.0.0.1:80", Self.ports) == "original")
  }

  @Test func detectionsStayWithTheConnection() {
    let chains: [EnvoyFilterChain] = [.to("sni") { $0.serverNames = ["a.b"] }, .to("any")]
    let accepting = EnvoyListener(
      name: "accepting", addresses: [endpoint("0.0.0.0:15001")], usesOriginalDestination: true,
      listenerFilters: [EnvoyListenerFilter(.tlsInspector)], filterChains: [.to("own")])
    let other = EnvoyListener(
      name: "other", addresses: [endpoint("10.0.0.1:80")], bindsToPort: false, listenerFilters: [],
      filterChains: chains)
    let connection = EnvoyConnection.on(15001, to: "10.0.0.1:80", firstBytes: Self.tls)
    #expect(EnvoyConfiguration(listeners: [accepting, other]).route(connection).cluster == "sni")
  }

  @Test func listenersOfOneAddress() {
    let loopback = EnvoyListener(
      name: "l", addresses: [endpoint("127.0.0.1:15001")], filterChains: [.to("c")])
    let proxy = EnvoyConfiguration(listeners: [loopback])
    var connection = EnvoyConnection.on(15001, to: "10.0.0.1:80")
    #expect(proxy.route(connection).cluster == "c")
    connection.local = endpoint("127.0.0.1:15001")
    #expect(proxy.route(connection).cluster == "c")
    connection.local = endpoint("10.12.0.1:15001")
    #expect(proxy.route(connection).destination == .closed)
    #expect(
      proxy.listens(on: 15001, IPv4Address("127.0.0.1").map(IPAddress.ipv4) ?? .ipv4(.init(0, 0, 0, 0))))
    #expect(!proxy.listens(on: 15001, .ipv4(IPv4Address(10, 12, 0, 1))))
  }

  /// The HTTP connection manager cannot read TLS, and a chain with TLS cannot read anything else.
  @Test func firstBytesThatTheChainCannotRead() {
    let manager = EnvoyDestination.http(EnvoyHTTPConnectionManager(routes: "80"))
    func route(_ chain: EnvoyFilterChain, _ bytes: EnvoyFirstBytes?) -> EnvoyRoute {
      let listener = EnvoyListener(name: "l", addresses: [endpoint("0.0.0.0:80")], filterChains: [chain])
      return EnvoyConfiguration(listeners: [listener]).route(.on(80, to: "10.0.0.1:80", firstBytes: bytes))
    }
    #expect(route(EnvoyFilterChain(to: manager), Self.tls).flag == "DPE")
    #expect(route(EnvoyFilterChain(to: manager), Self.http).flag == nil)
    #expect(route(EnvoyFilterChain(terminatesTLS: true, to: manager), Self.tls).word == "routes:80")
    #expect(route(EnvoyFilterChain(terminatesTLS: true, to: manager), Self.http).destination == .closed)
    #expect(route(EnvoyFilterChain(to: .cluster("c")), Self.tls).cluster == "c")
    #expect(route(EnvoyFilterChain(to: manager), nil).isFailure == false)
  }

  @Test func withoutAFilterChain() {
    let listener = EnvoyListener(name: "l", addresses: [endpoint("0.0.0.0:80")])
    let route = EnvoyConfiguration(listeners: [listener]).route(.on(80, to: "10.0.0.1:80"))
    #expect(route.flag == "NR")
    #expect(route.isFailure)
  }
}
