import Intercept
import Testing

/// Selection of the listener of a connection.
@Suite struct EnvoyListenerTests {
  private static let catchAll = EnvoyListener.of(
    "0.0.0.0:5701",
    .to("BlackHoleCluster") { $0.prefixRanges = [CIDR("10.12.0.11/32")].compactMap(\.self) },
    .to("outbound|5701||app-ext.app.svc.cluster.local"))

  private func proxy(_ more: EnvoyListener...) -> EnvoyConfiguration {
    let services = ["10.0.23.154:5701", "10.0.18.143:5701"].map { EnvoyListener.of($0, .to($0)) }
    let own = EnvoyListener.of("10.12.0.11:5701", .to("inbound|5701|tcp-hazelcast|manager"))
    return EnvoyConfiguration(listeners: [.virtualOutbound, .virtualInbound, own] + services + more)
  }

  @Test func theListenerOfTheVeryAddressComesFirst() {
    let route = proxy(Self.catchAll).route(.on(15001, to: "10.0.23.154:5701"))
    #expect(route.listener == "10.0.23.154_5701")
    #expect(route.cluster == "10.0.23.154:5701")
  }

  @Test func unknownDestinationsPassThrough() {
    let route = proxy().route(.on(15001, to: "10.12.2.8:5701"))
    #expect(route.listener == "virtualOutbound")
    #expect(route.filterChain == 2)
    #expect(route.cluster == "PassthroughCluster")
  }

  @Test func aCatchAllTakesUnknownDestinations() {
    let route = proxy(Self.catchAll).route(.on(15001, to: "10.12.2.8:5701"))
    #expect(route.listener == "0.0.0.0_5701")
    #expect(route.cluster == "outbound|5701||app-ext.app.svc.cluster.local")
    #expect(route.why.contains("the catch-all listener 0.0.0.0_5701 matches port 5701 of any address"))
    #expect(proxy(Self.catchAll).route(.on(15001, to: "10.12.2.8:5702")).cluster == "PassthroughCluster")
  }

  /// Envoy does not compare directions: the listener of the exact address gets the connection.
  @Test func thePodItselfIsItsInboundListener() {
    let route = proxy(Self.catchAll).route(.on(15001, to: "10.12.0.11:5701"))
    #expect(route.listener == "10.12.0.11_5701")
  }

  /// As in Envoy, a connection to port 15021 of another pod is redirected to this pod's own listener.
  @Test func listenersWithAPortOfTheirOwnTakeWhatIsHandedOver() {
    let health = EnvoyListener(
      name: "health", addresses: [endpoint("0.0.0.0:15021")], filterChains: [.to("agent")])
    let proxy = proxy(health)
    #expect(proxy.route(.on(15001, to: "10.9.9.9:15021")).cluster == "agent")
    #expect(proxy.route(.on(15021, to: "10.12.0.11:15021")).listener == "health")
    #expect(proxy.listens(on: 15021, .ipv4(IPv4Address(10, 0, 0, 1))))
    #expect(!proxy.listens(on: 5701, .ipv4(IPv4Address(10, 0, 23, 154))))
  }

  @Test func whatComesInStaysWithItsListener() {
    let proxy = proxy(Self.catchAll)
    #expect(proxy.route(.on(15006, to: "10.12.0.11:5701")).cluster == "inbound|5701||")
    #expect(proxy.route(.on(15006, to: "10.12.0.11:80")).cluster == "InboundPassthroughCluster")
  }

  @Test func eachFamilyHasItsOwnCatchAll() {
    let both = EnvoyListener(
      name: "both", addresses: [endpoint("0.0.0.0:80"), endpoint("[::]:80")], bindsToPort: false,
      filterChains: [.to("both")])
    var outbound = EnvoyListener.virtualOutbound
    outbound.addresses.append(endpoint("[::]:15001"))
    let proxy = EnvoyConfiguration(listeners: [outbound, both, Self.catchAll])
    #expect(proxy.route(.on(15001, to: "[fd00::1]:80")).cluster == "both")
    #expect(proxy.route(.on(15001, to: "[fd00::1]:5701")).cluster == "PassthroughCluster")
  }

  @Test func onlyUseOriginalDestinationHandsOver() {
    var outbound = EnvoyListener.virtualOutbound
    outbound.usesOriginalDestination = false
    let connection = EnvoyConnection.on(15001, to: "10.12.2.8:5701")
    let route = EnvoyConfiguration(listeners: [outbound, Self.catchAll]).route(connection)
    #expect(route.listener == "virtualOutbound")
    #expect(route.cluster == "PassthroughCluster")
  }

  @Test func listenersThatAreNotShown() {
    let partial = EnvoyConfiguration(listeners: [Self.catchAll])
    #expect(partial.route(.on(15001, to: "10.12.2.8:5701")).listener == "0.0.0.0_5701")
    let outbound = partial.route(.on(15001, to: "10.12.2.8:80"))
    #expect(outbound.cluster == "PassthroughCluster")
    #expect(outbound.why.contains("port 15001 is not in the configuration"))
    #expect(partial.route(.on(15006, to: "10.12.0.11:5701")).cluster == "InboundPassthroughCluster")
    #expect(partial.route(.on(15053, to: "10.12.0.11:53")).destination == .unknown(filter: "the listener"))
  }
}
