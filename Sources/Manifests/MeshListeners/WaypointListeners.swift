import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

/// The listeners of a waypoint's proxy: the end of HBONE tunnels, the choice of a host or pod by its address, and the
/// beginning of tunnels to the endpoints.
///
/// The corresponding Istio functions are `buildWaypointInbound` and `buildWaypointInternal`.
struct WaypointListeners {
  private let mesh: Mesh
  private let waypoint: Waypoint
  private let services: [VirtualService]
  private let wildcards: [IPAddress]
  private let namespace: String
  private let routes: HTTPRouteTranslation

  /// - Parameter wildcards: the wildcard addresses of the proxy.
  /// - Returns: nil if the pod is no waypoint.
  init?(_ mesh: Mesh, _ pod: PodOptions, wildcards: [IPAddress]) {
    guard let waypoint = mesh.waypoint(of: pod) else { return nil }
    self.mesh = mesh
    self.waypoint = waypoint
    self.wildcards = wildcards
    namespace = pod.object.namespace
    routes = HTTPRouteTranslation(labels: nil, namespace: namespace, gateway: .mesh)
    services = mesh.virtualServicesInOrder(mesh.sidecarScope(of: namespace)).filter {
      $0.gateways.isEmpty || $0.gateways.contains(.mesh)
    }
  }

  var listeners: [EnvoyListener] {
    let originate = EnvoyListener(
      name: "connect_originate", addresses: [], listenerFilters: [],
      filterChains: [EnvoyFilterChain(to: .cluster("connect_originate"))])
    return [terminate, internalListener, originate]
  }

  /// The listener that terminates HBONE.
  private var terminate: EnvoyListener {
    let connect = EnvoyRequestRoute(
      match: EnvoyRequestMatch(.connect), action: .cluster("main_internal"), terminatesConnect: true)
    let routes = EnvoyRouteConfiguration(
      name: "default", virtualHosts: [EnvoyVirtualHost(name: "default", domains: ["*"], routes: [connect])])
    let manager = EnvoyHTTPConnectionManager(routes: "default", inline: routes)
    return EnvoyListener(
      name: "connect_terminate", addresses: wildcards.map { Endpoint($0, .hboneTunnel) }, listenerFilters: [],
      filterChains: [
        EnvoyFilterChain(
          name: "default", terminatesTLS: true, requiresClientCertificate: true, to: .http(manager))
      ])
  }

  /// The listener inside the proxy that gets the connections of the tunnels.
  private var internalListener: EnvoyListener {
    let hosts = waypoint.hosts.map { (host: $0, blocks: $0.addresses.blocks) }.filter { !$0.blocks.isEmpty }
    let pods = waypoint.pods.flatMap(\.addresses).map(CIDR.init(host:))
    let direct = EnvoyMatcher.OnMatch.detecting(tcp: "direct-tcp", http: "direct-http")
    let blocks =
      hosts.map { EnvoyMatcher.Blocks($0.blocks, .matcher(matcher(of: $0.host))) }
      + (pods.isEmpty ? [] : [EnvoyMatcher.Blocks(pods, direct)])
    return EnvoyListener(
      name: "main_internal", addresses: [],
      matcher: .blocks(.destinationAddress, blocks, otherwise: nil),
      filterChains: hosts.flatMap { chains(of: $0.host) } + [
        EnvoyFilterChain(name: "direct-tcp", to: .cluster("encap")),
        EnvoyFilterChain(name: "direct-http", to: Self.http("encap")),
      ])
  }

  private func matcher(of host: MeshHost) -> EnvoyMatcher {
    let ports = host.ports.filter { $0.portProtocol != .udp }.map { port -> (String, EnvoyMatcher.OnMatch) in
      let tcp = Self.cluster(host, port, "tcp")
      let http = Self.cluster(host, port, "http")
      if port.portProtocol == .unknown { return ("\(port.number)", .detecting(tcp: tcp, http: http)) }
      return ("\(port.number)", .action(port.portProtocol.isHTTP ? http : tcp))
    }
    return .exact(.destinationPort, Dictionary(ports) { first, _ in first }, otherwise: nil)
  }

  /// The filter chains of a host's ports: for TCP, for HTTP, or for both.
  private func chains(of host: MeshHost) -> [EnvoyFilterChain] {
    host.ports.filter { $0.portProtocol != .udp }.flatMap { port in
      let http = Self.cluster(host, port, "http")
      return
        (port.portProtocol.isHTTP
        ? [] : [EnvoyFilterChain(name: Self.cluster(host, port, "tcp"), to: destination(of: host, port))])
        + (port.portProtocol.isHTTP || port.portProtocol == .unknown
          ? [EnvoyFilterChain(name: http, to: self.http(host, port, http))] : [])
    }
  }

  /// The VirtualServices that route connections to a host: those of its namespace and of the waypoint's.
  ///
  /// The corresponding Istio function is `getVirtualServiceForWaypoint`.
  private func services(of host: MeshHost) -> [VirtualService] {
    services.filter { service in
      [namespace, host.object.namespace].contains(service.object.namespace)
        && mesh.fullHosts(service).contains { HostPattern($0).overlaps(host.host) }
    }
  }

  /// The destination of HTTP to a host: by the routes of its VirtualServices, or its own cluster.
  private func http(_ host: MeshHost, _ port: MeshPort, _ own: String) -> EnvoyDestination {
    let routes = services(of: host).flatMap { self.routes.routes($0, port.number, cluster) }
    return Self.http(own, routes)
  }

  /// The destination of TCP to a host: by the first TLS route for its name, the first TCP route, or its own cluster.
  private func destination(of host: MeshHost, _ port: MeshPort) -> EnvoyDestination {
    let own = services(of: host)
    let routes =
      own.flatMap { service in
        service.tls.filter { applies($0, port.number, name: host.host) }.map { ($0, service) }
      } + own.flatMap { service in service.tcp.filter { applies($0, port.number) }.map { ($0, service) } }
    guard let (route, service) = routes.first, !route.destinations.isEmpty else {
      return .cluster(Self.cluster(host, port, "tcp"))
    }
    let weighted =
      route.destinations.count == 1 ? route.destinations : route.destinations.filter { $0.weight > 0 }
    let clusters = weighted.map { cluster($0.destination, service, port.number) }
    return clusters.count == 1 ? .cluster(clusters[0]) : .oneOf(clusters)
  }

  /// Returns true if the static conditions of a route hold.
  ///
  /// - Parameter name: the only server name that a match of a TLS route may have.
  private func applies(_ route: VirtualService.L4Route, _ port: Port, name: String? = nil) -> Bool {
    route.matches.isEmpty
      || route.matches.contains { match in
        (name == nil || match.serverNames == name.map { [$0] }) && match.sourceLabels.isEmpty
          && match.sourceNamespace.isEmpty && (match.port == nil || match.port == port)
          && (match.gateways.isEmpty || match.gateways.contains(.mesh))
      }
  }

  /// Returns the cluster of a route's destination: the outbound one of a host that does not use the waypoint, else that
  /// of the waypoint.
  ///
  /// The corresponding Istio function is `getWaypointDestinationCluster`.
  private func cluster(_ destination: VirtualService.Destination, _ service: VirtualService, _ listener: Port)
    -> String
  {
    guard !destination.host.isEmpty else { return RouteDestinations.missing }
    let name = mesh.fullName(destination.host, in: service.object.namespace)
    let host = mesh.hosts.first { $0.host == name }
    let only = host?.ports.count == 1 ? host?.ports.first?.number : nil
    let number = destination.port ?? only ?? listener
    guard host == nil || waypoint.hosts.contains(where: { $0.host == name }) else {
      return "outbound|\(number)|\(destination.subset)|\(name)"
    }
    let port = host?.ports.first { $0.number == number }?.portProtocol ?? .unknown
    let subset = destination.subset.isEmpty ? "" : "/\(destination.subset)"
    return "inbound-vip|\(number)|\(port.isHTTP || port == .unknown ? "http" : "tcp")\(subset)|\(name)"
  }

  private static func cluster(_ host: MeshHost, _ port: MeshPort, _ portProtocol: String) -> String {
    "inbound-vip|\(port.number)|\(portProtocol)|\(host.host)"
  }

  /// Returns a connection manager with some routes, or one to a cluster if there are none.
  private static func http(_ cluster: String, _ routes: [EnvoyRequestRoute] = []) -> EnvoyDestination {
    let own = EnvoyRequestRoute(
      name: "default", match: EnvoyRequestMatch(.prefix("/")), action: .cluster(cluster))
    let host = EnvoyVirtualHost(name: cluster, domains: ["*"], routes: routes.isEmpty ? [own] : routes)
    return .http(
      EnvoyHTTPConnectionManager(
        routes: cluster, inline: EnvoyRouteConfiguration(name: cluster, virtualHosts: [host])))
  }
}

extension EnvoyMatcher.OnMatch {
  /// Selects a filter chain by the protocol that the HTTP inspector detects.
  fileprivate static func detecting(tcp: String, http: String) -> Self {
    .matcher(
      .exact(
        .applicationProtocols, ["'h2c'": .action(http), "'http/1.1'": .action(http)], otherwise: .action(tcp))
    )
  }
}

extension MeshHost.Addresses {
  /// The addresses and blocks of the host itself.
  fileprivate var blocks: [CIDR] {
    switch self {
    case .own(let addresses): addresses.map(CIDR.init(host:))
    case .listed(let blocks): blocks
    case .endpoints, .none, .pending, .allocated: []
    }
  }
}
