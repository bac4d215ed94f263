import Intercept
import KubernetesObjects
import MeshModel

/// The route configurations of a gateway's HTTP: virtual hosts of the VirtualServices that name its Gateways.
///
/// The corresponding Istio function is `buildGatewayHTTPRouteConfig`.
struct GatewayRoutes: RouteConfigurations {
  let mesh: Mesh
  let servers: GatewayServers
  let destinations: RouteDestinations
  /// The VirtualServices that are exported to the gateway.
  let services: [VirtualService]
  /// The labels and the namespace of the gateway's pod.
  let labels: [String: String]
  let namespace: String

  func configuration(_ name: String) -> EnvoyRouteConfiguration? {
    let servers = self.servers.servers(withRoutes: name)
    guard let first = servers.first else { return nil }
    var builder = GatewayVirtualHosts()
    for server in servers {
      for service in services {
        let hosts = server.hosts(boundTo: service, in: mesh)
        guard !hosts.isEmpty else { continue }
        builder.add(hosts, routes(service, server), server)
      }
      builder.addRedirects(server)
    }
    let nothing = EnvoyVirtualHost(name: "blackhole:\(first.server.number)", domains: ["*"], routes: [])
    let found = builder.virtualHosts
    return EnvoyRouteConfiguration(
      name: name, virtualHosts: found.isEmpty ? [nothing] : found, ignoresPort: true)
  }

  private func routes(_ service: VirtualService, _ server: GatewayServers.Server) -> [EnvoyRequestRoute] {
    HTTPRouteTranslation(
      labels: labels, namespace: namespace, gateway: server.reference,
      terminatesTLS: server.server.tlsMode != nil
    ).routes(service, server.server.number, destinations.cluster)
  }
}

/// The virtual hosts of a gateway's servers. Those of equal names are one, with the routes of all.
private struct GatewayVirtualHosts {
  private var names: [String] = []
  private var hosts: [String: EnvoyVirtualHost] = [:]

  /// The virtual hosts. Routes for every request follow the others of the host.
  var virtualHosts: [EnvoyVirtualHost] {
    names.compactMap { hosts[$0] }.map { host in
      var host = host
      host.routes =
        host.routes.filter { !$0.match.isCatchAll } + host.routes.filter { $0.match.isCatchAll }
      return host
    }
  }

  /// Adds the routes of a VirtualService, if it has any for the server.
  mutating func add(_ names: [String], _ routes: [EnvoyRequestRoute], _ server: GatewayServers.Server) {
    guard !routes.isEmpty else { return }
    for name in names { add(name, routes, server) }
  }

  /// Adds the hosts of a server that redirects every request to HTTPS.
  mutating func addRedirects(_ server: GatewayServers.Server) {
    guard server.server.redirectsToHTTPS else { return }
    for name in server.hosts { add(name, [], server) }
  }

  private mutating func add(_ name: String, _ routes: [EnvoyRequestRoute], _ server: GatewayServers.Server) {
    let name = name.lowercased()
    if hosts[name] == nil { names.append(name) }
    var host =
      hosts[name] ?? EnvoyVirtualHost(name: "\(name):\(server.server.number)", domains: [name], routes: [])
    host.routes += routes
    if server.server.redirectsToHTTPS { host.redirectsToHTTPS = .all }
    hosts[name] = host
  }
}
