import Intercept
import KubernetesObjects
import MeshModel

/// The route configurations of a sidecar's outbound HTTP: a virtual host for each visible host with the port, and on port
/// 80 one for each other host of a VirtualService.
///
/// The HTTP routes of a VirtualService are not read: its requests go to one of its destinations. The corresponding Istio
/// function is `buildSidecarOutboundHTTPRouteConfig`.
struct MeshRoutes {
  private let mesh: Mesh
  private let scope: SidecarScope
  private let destinations: RouteDestinations
  private let services: [VirtualService]

  /// - Parameter hosts: the hosts that routes may lead to, by name.
  init(_ mesh: Mesh, _ scope: SidecarScope, _ hosts: [String: MeshHost]) {
    self.mesh = mesh
    self.scope = scope
    destinations = RouteDestinations(mesh: mesh, hosts: hosts)
    services = mesh.virtualServicesInOrder(scope).filter { service in
      (service.gateways.isEmpty || service.gateways.contains(.mesh)) && !service.httpDestinations.isEmpty
    }
  }

  /// Returns the route configuration of a name: a port, or a host and a port; nil for any other name.
  func configuration(_ name: String) -> EnvoyRouteConfiguration? {
    let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
    guard let port = Port(parts.last ?? ""),
      let listener = scope.egress.first(where: { $0.port == nil || $0.port?.number == port })
    else { return nil }
    let routes = PortRoutes(
      port: port,
      hosts: scope.hosts(of: listener, among: mesh.hosts).filter { host in
        host.ports.contains { $0.number == port } && mesh.aliasTarget(of: host.host) == nil
      },
      services: services.filter { imports($0, listener) })
    let only = parts.count == 2 ? parts[0] : nil
    let known = routes.hosts.filter { only == nil || $0.host == only }.compactMap { virtualHost($0, routes) }
    guard !known.isEmpty else { return nil }
    let others = only == nil ? otherVirtualHosts(routes) : []
    return EnvoyRouteConfiguration(
      name: name, virtualHosts: known + others + [mesh.outboundPolicy(scope).fallback], ignoresPort: true)
  }

  /// The hosts and VirtualServices of one port.
  private struct PortRoutes {
    let port: Port
    let hosts: [MeshHost]
    let services: [VirtualService]
  }

  private func imports(_ service: VirtualService, _ listener: Sidecar.EgressListener) -> Bool {
    let owner = service.object.namespace
    return service.hosts.contains {
      scope.importsRoutes(of: mesh.fullName($0, in: owner), in: owner, listener)
    }
  }

  private func virtualHost(_ host: MeshHost, _ routes: PortRoutes) -> EnvoyVirtualHost? {
    let isHTTP = host.ports.contains {
      $0.number == routes.port && ($0.portProtocol.isHTTP || $0.portProtocol == .unknown)
    }
    guard isHTTP else { return nil }
    return EnvoyVirtualHost(
      name: "\(host.host):\(routes.port)",
      domains: ([host] + mesh.aliases(of: host)).flatMap { mesh.names(of: $0, for: scope.namespace) }
        + host.addresses.exact.map(Self.domain),
      routes: [
        route(of: service(of: host, routes), routes.port)
          ?? Self.route(["outbound|\(routes.port)||\(host.host)"])
      ])
  }

  /// Returns the VirtualService with the most specific host that matches, the oldest of several.
  private func service(of host: MeshHost, _ routes: PortRoutes) -> VirtualService? {
    var best: (service: VirtualService, length: Int)?
    for service in routes.services {
      for pattern in service.hosts.map({ mesh.fullName($0, in: service.object.namespace) }) {
        let length = pattern == host.host ? Int.max : pattern.utf8.count
        if HostPattern(pattern).matches(host.host), length > best?.length ?? -1 { best = (service, length) }
      }
    }
    return best?.service
  }

  /// The virtual hosts of names that no visible host with the port has. Istio adds them on port 80 alone.
  private func otherVirtualHosts(_ routes: PortRoutes) -> [EnvoyVirtualHost] {
    guard routes.port.rawValue == 80 else { return [] }
    var names: Set<String> = []
    return routes.services.flatMap { service in
      service.hosts.map { mesh.fullName($0, in: service.object.namespace) }.filter { name in
        !routes.hosts.contains { HostPattern(name).matches($0.host) } && names.insert(name).inserted
      }.compactMap { name in
        route(of: service, routes.port).map {
          EnvoyVirtualHost(name: "\(name):\(routes.port)", domains: [name], routes: [$0])
        }
      }
    }
  }

  private func route(of service: VirtualService?, _ port: Port) -> EnvoyRequestRoute? {
    service.map { service in
      Self.route(service.httpDestinations.map { destinations.cluster($0, service, port) }, of: service)
    }
  }

  /// The route of all requests to a host.
  private static func route(_ clusters: [String], of service: VirtualService? = nil) -> EnvoyRequestRoute {
    let distinct = clusters.reduce(into: [String]()) { known, cluster in
      if !known.contains(cluster) { known.append(cluster) }
    }
    return EnvoyRequestRoute(
      name: service.map { "\($0.object)" } ?? "default", match: EnvoyRequestMatch(.prefix("/")),
      action: distinct.count == 1 ? .cluster(distinct[0]) : .weightedClusters(distinct), retries: true)
  }

  private static func domain(_ address: IPAddress) -> String {
    address.family == .ipv4 ? "\(address)" : "[\(address)]"
  }
}

extension VirtualService {
  /// The destinations of its HTTP routes.
  fileprivate var httpDestinations: [Destination] { destinations.filter { $0.field.hasPrefix("spec.http") } }
}

extension MeshHost.Addresses {
  /// The single addresses.
  fileprivate var exact: [IPAddress] {
    switch self {
    case .own(let addresses): addresses
    case .listed(let blocks): blocks.filter(\.isHost).map(\.network)
    case .endpoints, .none, .pending, .allocated: []
    }
  }
}
