import Intercept
import KubernetesObjects
import ManifestText
import MeshModel
import SidecarInjection

/// Builds a proxy's outbound listeners for the visible hosts of each egress listener, in Istio's order.
///
/// The corresponding Istio function is `buildSidecarOutboundListeners`.
struct OutboundListenerBuilder {
  private let mesh: Mesh
  private let pod: PodOptions
  private let environment: ProxyEnvironment
  private let scope: SidecarScope
  private var table: OutboundListenerTable
  private(set) var warnings: [String] = []

  init(_ mesh: Mesh, _ pod: PodOptions, _ environment: ProxyEnvironment) {
    self.mesh = mesh
    self.pod = pod
    self.environment = environment
    scope = mesh.sidecarScope(of: pod.object.namespace, labels: pod.labels)
    table = OutboundListenerTable(wildcards: environment.wildcards)
  }

  /// Adds the listeners of all visible hosts.
  mutating func addListeners() {
    warnOfExternalNames()
    for listener in scope.egress { add(listener) }
  }

  /// The listeners. A connection that no filter chain matches is treated as if there were no listener.
  var listeners: [EnvoyListener] { table.listeners(unmatched: mesh.outboundPolicy(scope).cluster) }

  private mutating func add(_ listener: Sidecar.EgressListener) {
    guard !listener.bind.hasPrefix("unix:") else { return }
    let isBound = listener.isNotCaptured || environment.isUncaptured
    let isOnWildcard = listener.port != nil && environment.traits.bindsEgressPortsToWildcard
    let unnamed = isBound ? environment.loopbacks : isOnWildcard ? environment.wildcards : []
    let binds = IPAddress(listener.bind).map { [$0] } ?? unnamed
    let hosts = scope.hosts(of: listener, among: mesh.hosts)
    let chains = OutboundFilterChains(mesh, scope, listener, visible: hosts, labels: pod.labels)
    if listener.port == nil { table.lock() }
    for host in hosts where !host.isExternalName || mesh.createsExternalNameListeners {
      let own = listener.port.map {
        [MeshPort(name: "", number: $0.number, portProtocol: PortProtocol(word: $0.protocolName))]
      }
      for address in host.listenerAddresses(isForEndpoints: listener.port == nil) {
        for port in own ?? host.ports
        where port.portProtocol != .udp
          && environment.canBind(port.number, port.portProtocol, to: binds.first, isBound: isBound)
        {
          let request = OutboundListenerRequest(
            host: host, port: port, binds: binds, bindsToPort: isBound, isHTTPProxy: listener.isHTTPProxy)
          add(request, address, chains)
        }
      }
    }
  }

  /// Adds a listener on the host's address unless the Sidecar gives one.
  private mutating func add(
    _ request: OutboundListenerRequest, _ address: MeshHost.ListenerAddress, _ chains: OutboundFilterChains
  ) {
    var request = request
    if !request.binds.isEmpty { return table.add(request, chains) }
    guard !request.port.portProtocol.isHTTP else {
      request.binds = environment.wildcards
      return table.add(request, chains)
    }
    switch address {
    case .own(let addresses): request.binds = environment.supported(addresses)
    case .block(let block): (request.binds, request.blocks) = (environment.wildcards, [block])
    case .none: request.binds = environment.wildcards
    case .endpoints:
      let endpoints = mesh.endpoints(of: request.host).filter { $0.port(request.port) != nil }
      for address in endpoints.compactMap(\.address) where address != pod.addresses.first {
        request.binds = [address]
        table.add(request, chains)
      }
      return
    case .pending: return warn("\(request.host.object) has no clusterIP yet, so it has no listener")
    case .allocated:
      return warn(
        """
        the status of \(request.host.object) lacks the auto-allocated address of \(request.host.host.onOneLine): \
        connections to it cannot be traced
        """)
    }
    table.add(request, chains)
  }
}

extension OutboundListenerBuilder {
  private mutating func warnOfExternalNames() {
    guard mesh.release == nil else { return }
    let names = mesh.hosts.filter { host in
      host.isExternalName
        && host.ports.contains { mesh.hasWildcardListener(host, $0) && scope.includes(host, port: $0.number) }
    }.map(\.object.path)
    guard !names.isEmpty else { return }
    warnings.append(
      """
      ExternalName Services have listeners up to Istio 1.20, and later if ENABLE_EXTERNAL_NAME_ALIAS is false: \
      \(names.sentence); give the release with --istio-release
      """)
  }

  /// Warns once for all ports of a host.
  private mutating func warn(_ text: String) {
    if warnings.last != text { warnings.append(text) }
  }
}

extension MeshHost {
  /// An address of a host and its kind.
  fileprivate enum ListenerAddress {
    case own([IPAddress])
    case block(CIDR)
    case none, endpoints, pending, allocated
  }

  /// The addresses that have a listener each.
  ///
  /// - Parameter isForEndpoints: false for an egress listener with a port, which has none for each endpoint.
  fileprivate func listenerAddresses(isForEndpoints: Bool) -> [ListenerAddress] {
    switch addresses {
    case .own(let addresses): [.own(addresses)]
    case .listed(let blocks): blocks.map { $0.isHost ? .own([$0.network]) : .block($0) }
    case .endpoints: [isForEndpoints ? .endpoints : .none]
    case .none: [.none]
    case .pending: [.pending]
    case .allocated: [.allocated]
    }
  }
}
