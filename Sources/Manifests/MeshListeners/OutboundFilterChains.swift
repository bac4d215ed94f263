import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

/// The filter chains of TCP and TLS ports: to the host's own cluster, or by the routes of VirtualServices.
///
/// The corresponding Istio functions are `buildSidecarOutboundTCPFilterChainOpts` and
/// `buildSidecarOutboundTLSFilterChainOpts`.
struct OutboundFilterChains {
  /// A listener's port, for one host.
  struct Target {
    let host: MeshHost
    let port: Port
    let portProtocol: PortProtocol
    /// The blocks of a ServiceEntry's address.
    let blocks: [CIDR]
    /// True if the listener is on the wildcard address and the host has no address.
    let isOnWildcard: Bool
  }

  private let mesh: Mesh
  private let services: [VirtualService]
  private let destinations: RouteDestinations
  private let labels: [String: String]
  private let namespace: String

  /// - Parameter visible: the hosts of the egress listener.
  init(
    _ mesh: Mesh, _ scope: SidecarScope, _ listener: Sidecar.EgressListener, visible: [MeshHost],
    labels: [String: String]
  ) {
    self.mesh = mesh
    self.labels = labels
    namespace = scope.namespace
    services = mesh.virtualServicesInOrder(scope).filter { service in
      (service.gateways.isEmpty || service.gateways.contains(.mesh)) && mesh.imports(service, scope, listener)
    }
    let exported = scope.inOrder(mesh.hosts, \.exportTo)
    let hosts = Dictionary((visible + exported).map { ($0.host, $0) }) { first, _ in first }
    destinations = RouteDestinations(mesh: mesh, hosts: hosts)
  }

  func chains(_ target: Target) -> [EnvoyFilterChain] {
    let routes = services.filter { service in
      service.hosts.contains {
        HostPattern(mesh.fullName($0, in: service.object.namespace)).overlaps(target.host.host)
      }
    }
    return target.portProtocol.isTLS ? tlsChains(target, routes) : tcpChains(target, routes)
  }

  private func tcpChains(_ target: Target, _ services: [VirtualService]) -> [EnvoyFilterChain] {
    var chains: [EnvoyFilterChain] = []
    for service in services {
      for route in service.tcp {
        let matches = route.matches.filter { applies($0, target.port) }
        let isUnconditional = route.matches.isEmpty || matches.contains { $0.destinationSubnets.isEmpty }
        let blocks = isUnconditional ? target.blocks : matches.flatMap(\.destinationSubnets)
        guard isUnconditional || !matches.isEmpty else { continue }
        chains.append(chain(blocks, to: destinations.destination(of: route, service, target.port)))
        if isUnconditional || Set(blocks) == Set(target.blocks) { return chains }
      }
    }
    return chains + [chain(target.blocks, to: ownCluster(target))]
  }

  private func tlsChains(_ target: Target, _ services: [VirtualService]) -> [EnvoyFilterChain] {
    var chains: [EnvoyFilterChain] = []
    var blocks = target.blocks
    var seen: Set<[String]> = []
    for service in services {
      for route in service.tls {
        for match in route.matches where applies(match, target.port) {
          // As in Istio, the blocks of a match apply to the following ones as well.
          if !match.destinationSubnets.isEmpty { blocks = match.destinationSubnets }
          let conditions = match.serverNames + ["|"] + match.destinationSubnets.map(\.description)
          guard seen.insert(conditions).inserted else { continue }
          chains.append(
            chain(
              blocks, names: match.serverNames, to: destinations.destination(of: route, service, target.port))
          )
        }
      }
    }
    guard chains.isEmpty else { return chains }
    let isDynamic =
      mesh.followedRelease.listenerTraits.matchesDynamicNames
      && target.host.host.hasPrefix("*") && target.host.resolution == .dynamicDNS
    let names =
      target.blocks.isEmpty && !target.isOnWildcard && !isDynamic
      ? [] : [target.host.host] + mesh.aliases(of: target.host).flatMap { mesh.names(of: $0, for: namespace) }
    return [chain(target.blocks, names: names, to: ownCluster(target))]
  }

  private func chain(_ blocks: [CIDR], names: [String] = [], to destination: EnvoyDestination)
    -> EnvoyFilterChain
  {
    var match = EnvoyFilterChainMatch()
    match.prefixRanges = blocks.filter { $0.network != IPAddress(.ipv4, bits: 0) }
    match.serverNames = names.contains("*") ? [] : names
    return EnvoyFilterChain(match: match, to: destination)
  }

  /// Returns true if the static conditions of a match hold: the port, the gateways, and the client's labels and
  /// namespace.
  private func applies(_ match: VirtualService.L4Match, _ port: Port) -> Bool {
    (match.port == nil || match.port == port)
      && (match.gateways.isEmpty || match.gateways.contains(.mesh))
      && (match.sourceLabels.isEmpty || match.sourceLabels.isSatisfied(by: labels))
      && (match.sourceNamespace.isEmpty || match.sourceNamespace == namespace)
  }

  /// Returns the cluster of a host. A Sidecar's port leads to the host's only port.
  private func ownCluster(_ target: Target) -> EnvoyDestination {
    let ports = target.host.ports
    let port = ports.count == 1 ? ports.first?.number ?? target.port : target.port
    return .cluster("outbound|\(port)||\(target.host.host)")
  }
}
