import Intercept
import KubernetesObjects
import MeshModel

/// The route configurations of a sidecar's outbound HTTP: a virtual host for each visible host with the port.
///
/// The HTTP routes of a VirtualService are not read: its requests go to one of its destinations. The corresponding Istio
/// function is `buildSidecarOutboundHTTPRouteConfig`.
struct MeshRoutes {
  private let mesh: Mesh
  private let scope: SidecarScope
  private let hosts: [MeshHost]
  private let destinations: RouteDestinations
  private let services: [VirtualService]

  /// - Parameter hosts: the visible hosts, in order.
  init(_ mesh: Mesh, _ scope: SidecarScope, _ hosts: [MeshHost]) {
    self.mesh = mesh
    self.scope = scope
    self.hosts = hosts
    let byName = Dictionary(hosts.map { ($0.host, $0) }) { first, _ in first }
    destinations = RouteDestinations(mesh: mesh, hosts: byName)
    services = mesh.virtualServicesInOrder(scope).filter { service in
      (service.gateways.isEmpty || service.gateways.contains(.mesh)) && !service.httpDestinations.isEmpty
    }
  }

  /// Returns the route configuration of a name: a port, or a host and a port; nil for any other name.
  func configuration(_ name: String) -> EnvoyRouteConfiguration? {
    let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
    guard let port = Port(parts.last ?? "") else { return nil }
    let only = parts.count == 2 ? parts[0] : nil
    let virtualHosts = hosts.filter { only == nil || $0.host == only }.compactMap { virtualHost($0, port) }
    guard !virtualHosts.isEmpty else { return nil }
    return EnvoyRouteConfiguration(name: name, virtualHosts: virtualHosts + [fallback], ignoresPort: true)
  }

  private func virtualHost(_ host: MeshHost, _ port: Port) -> EnvoyVirtualHost? {
    let isHTTP = host.ports.contains {
      $0.number == port && ($0.portProtocol.isHTTP || $0.portProtocol == .unknown)
    }
    guard isHTTP else { return nil }
    return EnvoyVirtualHost(
      name: "\(host.host):\(port)", domains: domains(of: host), routes: [route(host, port)])
  }

  /// The route of all requests to a host.
  private func route(_ host: MeshHost, _ port: Port) -> EnvoyRequestRoute {
    let service = services.first { service in
      service.hosts.contains {
        HostPattern(mesh.fullName($0, in: service.object.namespace)).matches(host.host)
      }
    }
    let clusters =
      service.map { service in
        service.httpDestinations.map { destinations.cluster($0, service, port) }
      } ?? ["outbound|\(port)||\(host.host)"]
    let distinct = clusters.reduce(into: [String]()) { known, cluster in
      if !known.contains(cluster) { known.append(cluster) }
    }
    return EnvoyRequestRoute(
      name: service.map { "\($0.object)" } ?? "default", match: EnvoyRequestMatch(.prefix("/")),
      action: distinct.count == 1 ? .cluster(distinct[0]) : .weightedClusters(distinct), retries: true)
  }

  /// The names and addresses of a host, as clients in the namespace of the proxy write them.
  private func domains(of host: MeshHost) -> [String] {
    let (name, owner) = (host.object.name, host.object.namespace)
    let short =
      host.isService
      ? (owner == scope.namespace ? [name] : []) + ["\(name).\(owner)", "\(name).\(owner).svc"] : []
    return [host.host] + short + host.addresses.exact.map(Self.domain)
  }

  private static func domain(_ address: IPAddress) -> String {
    address.family == .ipv4 ? "\(address)" : "[\(address)]"
  }

  /// The virtual host of unknown names: `allow_any`, or `block_all` if the registry is the only source.
  private var fallback: EnvoyVirtualHost {
    let cluster = mesh.unmatchedDestination(scope)
    let isOpen = cluster == "PassthroughCluster"
    return EnvoyVirtualHost(
      name: isOpen ? "allow_any" : "block_all", domains: ["*"],
      routes: [
        EnvoyRequestRoute(
          match: EnvoyRequestMatch(.prefix("/")),
          action: isOpen ? .cluster(cluster) : .directResponse(status: 502))
      ])
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
