import Intercept

func endpoint(_ text: String) -> Endpoint { Endpoint(text) ?? Endpoint(.ipv4(IPv4Address(0, 0, 0, 0)), 0) }

extension EnvoyFilterChain {
  /// A chain to a cluster; the closure sets the match criteria.
  static func to(
    _ cluster: String, _ fill: (inout EnvoyFilterChainMatch) -> Void = { _ in }
  ) -> EnvoyFilterChain {
    var match = EnvoyFilterChainMatch()
    fill(&match)
    return EnvoyFilterChain(match: match, to: .cluster(cluster))
  }
}

extension EnvoyListener {
  /// A listener without a port of its own.
  static func of(_ end: String, _ chains: EnvoyFilterChain...) -> Self {
    EnvoyListener(
      name: end.replacing(":", with: "_"), addresses: [endpoint(end)], bindsToPort: false,
      filterChains: chains)
  }

  static var virtualOutbound: EnvoyListener {
    EnvoyListener(
      name: "virtualOutbound", addresses: [endpoint("0.0.0.0:15001")],
      usesOriginalDestination: true,
      filterChains: [.to("BlackHoleCluster") { $0.destinationPort = 15001 }, .to("PassthroughCluster")])
  }

  static var virtualInbound: EnvoyListener {
    EnvoyListener(
      name: "virtualInbound", addresses: [endpoint("0.0.0.0:15006")],
      filterChains: [
        .to("InboundPassthroughCluster"), .to("inbound|5701||") { $0.destinationPort = 5701 },
      ])
  }
}

extension EnvoyConnection {
  static func on(_ port: Port, to end: String, firstBytes: EnvoyFirstBytes? = nil) -> EnvoyConnection {
    EnvoyConnection(
      port: port, original: endpoint(end), firstBytes: firstBytes)
  }
}
