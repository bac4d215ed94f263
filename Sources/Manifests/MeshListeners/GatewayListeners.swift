import Intercept
import KubernetesObjects
import ManifestText
import MeshModel
import SidecarInjection

/// The listeners of a gateway's proxy: the servers of all Gateways that select its pod, merged by port and address.
///
/// The corresponding Istio functions are `mergeGateways` and `buildGatewayListeners`.
struct GatewayListeners {
  /// A server and its Gateway.
  private struct Server {
    let gateway: Gateway
    let server: GatewayServer

    var isPlainHTTP: Bool { PortProtocol(word: server.protocolName).isHTTP && server.tlsMode == nil }
    var isPassthrough: Bool { server.tlsMode == "PASSTHROUGH" }
    /// The server names; empty for every name.
    var names: [String] {
      let names = server.hosts.map { String($0.split(separator: "/").last ?? "") }
      return names.contains("*") ? [] : names
    }
  }

  /// The address of a listener.
  private struct Key: Hashable {
    let port: Port
    let bind: String
  }

  private let mesh: Mesh
  private let pod: PodOptions
  private let destinations: RouteDestinations
  private let services: [VirtualService]
  private let hosts: [MeshHost]
  private let security: ClientSecurity
  private var order: [Key] = []
  private var servers: [Key: [Server]] = [:]
  private(set) var warnings: [String] = []

  /// - Returns: nil if no Gateway selects the pod.
  init?(_ mesh: Mesh, _ pod: PodOptions) {
    let gateways = mesh.list.gateways.filter { $0.selector.isSatisfied(by: pod.labels) }.sorted {
      ($0.creationTime, $0.object.name, $0.object.namespace)
        < ($1.creationTime, $1.object.name, $1.object.namespace)
    }
    guard !gateways.isEmpty else { return nil }
    self.mesh = mesh
    self.pod = pod
    let scope = mesh.sidecarScope(of: pod.object.namespace, labels: pod.labels)
    hosts = scope.inOrder(mesh.hosts, \.exportTo)
    let byName = Dictionary(hosts.map { ($0.host, $0) }) { first, _ in first }
    destinations = RouteDestinations(mesh: mesh, hosts: byName)
    security = ClientSecurity(mesh: mesh, labels: pod.labels, namespace: pod.object.namespace)
    services = mesh.virtualServicesInOrder(scope)
    for gateway in gateways {
      for server in gateway.servers { merge(Server(gateway: gateway, server: server)) }
    }
  }

  /// Adds a server to those of its port, if they can share a listener: all plain-text HTTP, or all TLS.
  private mutating func merge(_ added: Server) {
    let key = Key(port: mesh.gatewayPort(added.server.number, of: pod), bind: added.server.bind)
    guard let present = servers[key]?.first else {
      order.append(key)
      servers[key] = [added]
      return
    }
    let areTLS = present.server.tlsMode != nil && added.server.tlsMode != nil
    guard areTLS || present.isPlainHTTP && added.isPlainHTTP else {
      warnings.append(
        "\(added.gateway.object): port \(added.server.number) conflicts with \(present.gateway.object), which has it"
      )
      return
    }
    servers[key]?.append(added)
  }

  var listeners: [EnvoyListener] {
    order.compactMap { key in
      let servers = self.servers[key] ?? []
      let chains = servers.first?.isPlainHTTP == true ? [http(key)] : servers.flatMap { self.chains($0, key) }
      var seen: Set<EnvoyFilterChainMatch> = []
      let distinct = chains.filter { seen.insert($0.match).inserted }
      guard !distinct.isEmpty else { return nil }
      let addresses = IPAddress(key.bind).map { [$0] } ?? [IPAddress(.ipv4, bits: 0)]
      var origins: [String] = []
      for server in servers where !origins.contains(server.gateway.object.description) {
        origins.append(server.gateway.object.description)
      }
      return EnvoyListener(
        name: "\(addresses[0])_\(key.port)", addresses: addresses.map { Endpoint($0, key.port) },
        filterChains: distinct, origin: origins.sentence)
    }
  }

  private func http(_ key: Key) -> EnvoyFilterChain {
    let routes = "http.\(key.port)" + (key.bind.isEmpty ? "" : ".\(key.bind)")
    return EnvoyFilterChain(to: .http(EnvoyHTTPConnectionManager(routes: routes)))
  }

  /// Returns the filter chains of a server that is not plain-text HTTP.
  private func chains(_ server: Server, _ key: Key) -> [EnvoyFilterChain] {
    let own = server.server
    if own.tlsMode == "AUTO_PASSTHROUGH" { return automatic(server) }
    if server.isPassthrough { return passthrough(server) }
    if own.protocolName.uppercased() == "HTTPS" {
      let object = server.gateway.object
      let routes = "https.\(own.number).\(own.portName).\(object.name).\(object.namespace)"
      return [chain(server, to: .http(EnvoyHTTPConnectionManager(routes: routes)))]
    }
    return tcpDestination(server).map { [chain(server, to: $0)] } ?? []
  }

  private func chain(_ server: Server, to destination: EnvoyDestination) -> EnvoyFilterChain {
    var match = EnvoyFilterChainMatch()
    if server.server.tlsMode != nil { match.serverNames = server.names }
    return EnvoyFilterChain(match: match, terminatesTLS: server.server.tlsMode != nil, to: destination)
  }

  /// Returns the destination of the first TCP route for the server.
  private func tcpDestination(_ server: Server) -> EnvoyDestination? {
    for service in services where isBound(service, to: server) {
      for route in service.tcp
      where route.matches.isEmpty || route.matches.contains(where: { applies($0, server) }) {
        return destinations.destination(of: route, service, server.server.number)
      }
    }
    return nil
  }

  /// Returns a filter chain for each match of TLS routes, by the server names of the match.
  private func passthrough(_ server: Server) -> [EnvoyFilterChain] {
    services.filter { isBound($0, to: server) }.flatMap { service in
      service.tls.flatMap { route in
        route.matches.filter { applies($0, server) }.map { match in
          var chainMatch = EnvoyFilterChainMatch()
          chainMatch.serverNames = match.serverNames.contains("*") ? [] : match.serverNames
          return EnvoyFilterChain(
            match: chainMatch, to: destinations.destination(of: route, service, server.server.number))
        }
      }
    }
  }

  /// Returns a filter chain for each port and subset of the mesh's hosts, by the server name of Istio's mutual TLS.
  ///
  /// The corresponding Istio function is `builtAutoPassthroughFilterChains`.
  private func automatic(_ server: Server) -> [EnvoyFilterChain] {
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

  private func isBound(_ service: VirtualService, to server: Server) -> Bool {
    service.gateways.contains(.gateway(server.gateway.object.path))
      && server.server.hosts.contains { matches($0, service, server) }
  }

  /// Returns true if a host of a server, `namespace/host` or a host alone, matches a VirtualService.
  private func matches(_ pattern: String, _ service: VirtualService, _ server: Server) -> Bool {
    let parts = pattern.split(separator: "/", maxSplits: 1).map(String.init)
    let owner = service.object.namespace
    let namespace = parts.count == 2 ? parts[0] : "*"
    let isNamespace =
      namespace == "*" || namespace == owner || namespace == "." && owner == server.gateway.object.namespace
    return isNamespace
      && service.hosts.contains { HostPattern(parts.last ?? "").overlaps(mesh.fullName($0, in: owner)) }
  }

  private func applies(_ match: VirtualService.L4Match, _ server: Server) -> Bool {
    (match.port == nil || match.port == server.server.number)
      && (match.gateways.isEmpty || match.gateways.contains(.gateway(server.gateway.object.path)))
  }
}

extension Mesh {
  /// Returns the VirtualServices that are exported to a namespace, in Istio's order.
  func virtualServicesInOrder(_ scope: SidecarScope) -> [VirtualService] {
    let defaults = values.defaultExports.virtualServices
    let sorted = list.virtualServices.sorted {
      ($0.creationTime, $0.object.name, $0.object.namespace)
        < ($1.creationTime, $1.object.name, $1.object.namespace)
    }
    return scope.inOrder(sorted) {
      ExportTo($0.exportTo.isEmpty ? defaults : $0.exportTo, in: $0.object.namespace)
    }
  }

  /// Returns the pod's port that a Gateway's port leads to: the target port of a Service with the port, else the port.
  fileprivate func gatewayPort(_ port: Port, of pod: PodOptions) -> Port {
    let services = list.services.filter {
      $0.object.namespace == pod.object.namespace && $0.selector.isSatisfied(by: pod.labels)
    }
    for service in services {
      for candidate in service.ports where candidate.number == port && candidate.transport == "TCP" {
        return podPort(of: candidate, in: service) ?? port
      }
    }
    return port
  }
}
