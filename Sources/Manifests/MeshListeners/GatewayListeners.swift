import Intercept
import KubernetesObjects
import ManifestText
import MeshModel
import SidecarInjection

/// The listeners of a gateway's proxy: the filter chains of the servers of its Gateways.
///
/// The corresponding Istio function is `buildGatewayListeners`.
struct GatewayListeners {
  private let mesh: Mesh
  private let servers: GatewayServers
  private let destinations: RouteDestinations
  private let services: [VirtualService]
  private let hosts: [MeshHost]
  private let security: ClientSecurity
  private let wildcards: [IPAddress]
  /// The route configurations that the listeners refer to.
  let routes: GatewayRoutes

  /// - Parameter wildcards: the wildcard addresses of the proxy.
  /// - Returns: nil if no Gateway selects the pod.
  init?(_ mesh: Mesh, _ pod: PodOptions, wildcards: [IPAddress]) {
    guard let servers = GatewayServers(mesh, pod) else { return nil }
    self.mesh = mesh
    self.servers = servers
    self.wildcards = wildcards
    let scope = mesh.sidecarScope(of: pod.object.namespace, labels: pod.labels)
    hosts = scope.inOrder(mesh.hosts, \.exportTo)
    let byName = Dictionary(hosts.map { ($0.host, $0) }) { first, _ in first }
    destinations = RouteDestinations(mesh: mesh, hosts: byName)
    security = ClientSecurity(mesh: mesh, labels: pod.labels, namespace: pod.object.namespace)
    services = mesh.virtualServicesInOrder(scope)
    routes = GatewayRoutes(
      mesh: mesh, servers: servers, destinations: destinations, services: services, labels: pod.labels,
      namespace: pod.object.namespace)
  }

  var warnings: [String] { servers.warnings }

  var listeners: [EnvoyListener] {
    servers.keys.compactMap { key in
      let servers = self.servers[key]
      let http = servers.first(where: \.isPlainHTTP).flatMap { $0.routes(key) }.map { name in
        EnvoyFilterChain(to: .http(EnvoyHTTPConnectionManager(routes: name)))
      }
      var names: Set<String> = []
      let others = servers.filter { !$0.isPlainHTTP }.flatMap { chains($0, key, &names) }
      var seen: Set<EnvoyFilterChainMatch> = []
      let distinct = (others + [http].compactMap(\.self)).filter { seen.insert($0.match).inserted }
      guard !distinct.isEmpty else { return nil }
      let addresses = IPAddress(key.bind).map { [$0] } ?? wildcards
      let inspectsTLS = servers.contains { !$0.isPlainText }
      return EnvoyListener(
        name: "\(addresses[0])_\(key.port)", addresses: addresses.map { Endpoint($0, key.port) },
        listenerFilters: inspectsTLS ? [EnvoyListenerFilter(.tlsInspector)] : [],
        filterChains: distinct, origin: Self.origin(of: servers))
    }
  }

  /// The Gateways of some servers, in one phrase.
  private static func origin(of servers: [GatewayServers.Server]) -> String {
    var objects: [String] = []
    for server in servers where !objects.contains(server.gateway.object.description) {
      objects.append(server.gateway.object.description)
    }
    return objects.sentence
  }

  /// Returns the filter chains of a server that is not plain-text HTTP.
  ///
  /// - Parameter names: the server names of the listener's TLS routes so far.
  private func chains(
    _ server: GatewayServers.Server, _ key: GatewayServers.Key, _ names: inout Set<String>
  ) -> [EnvoyFilterChain] {
    let own = server.server
    if own.tlsMode == "AUTO_PASSTHROUGH" { return automatic(server) }
    if server.forwardsTLS { return passthrough(server, &names) }
    if let routes = server.routes(key) {
      return [chain(server, to: .http(EnvoyHTTPConnectionManager(routes: routes)))]
    }
    return tcpDestination(server).map { [chain(server, to: $0)] } ?? []
  }

  private func chain(_ server: GatewayServers.Server, to destination: EnvoyDestination) -> EnvoyFilterChain {
    var match = EnvoyFilterChainMatch()
    if server.server.tlsMode != nil { match.serverNames = server.names }
    return EnvoyFilterChain(match: match, terminatesTLS: server.server.tlsMode != nil, to: destination)
  }

  /// Returns the destination of the first TCP route for the server, or route of a TLSRoute of the Gateway API.
  private func tcpDestination(_ server: GatewayServers.Server) -> EnvoyDestination? {
    for service in services where isBound(service, to: server) {
      let routes =
        service.tcp.filter { $0.matches.isEmpty || $0.matches.contains { applies($0, server) } }
        + (service.followsGatewayAPI ? service.tls : []).filter {
          $0.matches.contains { applies($0, server) }
        }
      guard let route = routes.first(where: { !$0.destinations.isEmpty }) else { continue }
      return destinations.destination(of: route, service, server.server.number)
    }
    return nil
  }

  /// Returns a filter chain for each match of TLS routes, by the server names of the match. A match with a name that the
  /// listener has already is left out.
  private func passthrough(_ server: GatewayServers.Server, _ names: inout Set<String>) -> [EnvoyFilterChain]
  {
    var chains: [EnvoyFilterChain] = []
    for service in services where isBound(service, to: server) {
      for route in service.tls where !route.destinations.isEmpty {
        for match in route.matches where applies(match, server) && names.isDisjoint(with: match.serverNames) {
          names.formUnion(match.serverNames)
          var chainMatch = EnvoyFilterChainMatch()
          chainMatch.serverNames = match.serverNames.contains("*") ? [] : match.serverNames
          let destination = destinations.destination(of: route, service, server.server.number)
          chains.append(EnvoyFilterChain(match: chainMatch, to: destination))
        }
      }
    }
    return chains
  }

  /// Returns a filter chain for each port and subset of the mesh's hosts, by the server name of Istio's mutual TLS.
  ///
  /// The corresponding Istio function is `builtAutoPassthroughFilterChains`.
  private func automatic(_ server: GatewayServers.Server) -> [EnvoyFilterChain] {
    let allowed = server.names
    return hosts.filter { host in
      !host.isExternal && (allowed.isEmpty || allowed.contains { HostPattern($0).matches(host.host) })
    }.flatMap { host in
      let subsets = [""] + (security.policy(of: host)?.subsetNames ?? [])
      return host.ports.filter { $0.portProtocol != .udp }.flatMap { port in
        subsets.map { subset in
          let name = "outbound_.\(port.number)_.\(subset)_.\(host.host)"
          var match = EnvoyFilterChainMatch()
          match.serverNames = [name]
          match.applicationProtocols = IstioALPN.all
          return EnvoyFilterChain(match: match, to: .cluster(name))
        }
      }
    }
  }

  private func isBound(_ service: VirtualService, to server: GatewayServers.Server) -> Bool {
    !server.hosts(boundTo: service, in: mesh).isEmpty
  }

  private func applies(_ match: VirtualService.L4Match, _ server: GatewayServers.Server) -> Bool {
    (match.port == nil || match.port == server.server.number)
      && (match.gateways.isEmpty || match.gateways.contains(server.reference))
  }
}
