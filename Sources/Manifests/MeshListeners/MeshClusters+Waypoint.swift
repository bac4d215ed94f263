import Intercept
import MeshModel

/// A kind of proxy. The corresponding Istio type is `NodeType`.
enum ProxyKind: Hashable {
  case sidecar
  /// A proxy without a sidecar's rules, which knows all endpoints of headless Services.
  case gateway
  case waypoint
}

extension MeshClusters {
  /// Returns a cluster of a waypoint's proxy: a host that uses the waypoint, or an internal listener.
  ///
  /// The corresponding Istio functions are `buildWaypointInboundVIPCluster` and `buildInternalUpstreamCluster`.
  func waypointCluster(_ name: String) -> EnvoyCluster? {
    switch ClusterName(name) {
    case .waypoint(let port, let subset, let host):
      cluster(name, of: clusterPort(port, subset, host))
    case .proxy(.inboundTunnel):
      EnvoyCluster(name: name, endpoints: [EnvoyEndpoint(.listener(name, id: nil))])
    case .proxy(.tunnel):
      EnvoyCluster(name: name, discovery: .originalDestination(port: .hboneTunnel), tls: .mutual)
    case .other("encap"):
      EnvoyCluster(name: name, endpoints: [EnvoyEndpoint(.listener("connect_originate", id: nil))])
    case .passthrough, .blackHole, .inboundPassthrough, .inbound, .outbound, .autoPassthrough, .proxy, .other:
      nil
    }
  }

  private func cluster(_ name: String, of port: ClusterPort?) -> EnvoyCluster? {
    guard let port else { return nil }
    let endpoints = endpoints(of: port)
    return EnvoyCluster(
      name: name, discovery: endpoints == nil ? .eds(service: name) : .fixed, endpoints: endpoints ?? [])
  }
}
