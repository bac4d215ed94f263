import Intercept
import KubernetesObjects
import ManifestText
import MeshModel
import SidecarInjection

/// Builds a proxy's outbound listeners in Istio's order. Of two hosts with the same address and port, the first owns the
/// listener, and the second adds the filter chains that can be distinguished.
struct OutboundListenerBuilder {
  private let mesh: Mesh
  private let pod: PodOptions
  private let scope: SidecarScope
  private let routes: VirtualServiceRoutes
  private var indexes: [Endpoint: Int] = [:]
  private var entries: [OutboundListenerEntry] = []
  private(set) var warnings: [String] = []

  init(_ mesh: Mesh, _ pod: PodOptions) {
    self.mesh = mesh
    self.pod = pod
    scope = mesh.sidecarScope(of: pod.object.namespace, labels: pod.labels)
    routes = VirtualServiceRoutes(mesh, pod)
  }

  /// Adds all visible hosts: first those exported to the namespace by name, then those exported to all namespaces.
  mutating func addHosts() {
    warnOfExternalNames()
    let hosts = mesh.hosts.filter { !$0.isExternalName || mesh.createsExternalNameListeners }
    for host in hosts.filter({ $0.exportTo != .everywhere }) + hosts.filter({ $0.exportTo == .everywhere }) {
      for port in host.ports where port.portProtocol != .udp && scope.includes(host, port: port.number) {
        add(host, port)
      }
    }
  }

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

  private mutating func add(_ host: MeshHost, _ port: MeshPort) {
    if port.portProtocol.isHTTP { return add(host, port, at: wildcards, chains: [], isHTTP: true) }
    switch host.addresses {
    case .own(let addresses): add(host, port, at: addresses, chains: chains(host, port))
    case .none, .blocks: add(host, port, at: wildcards, chains: chains(host, port))
    case .endpoints:
      for address in mesh.endpoints(of: host) where address != pod.addresses.first {
        add(host, port, at: [address], chains: chains(host, port))
      }
    case .pending: warn("\(host.object) has no clusterIP yet, so it has no listener")
    case .allocated:
      warn(
        """
        the status of \(host.object) lacks the auto-allocated address of \(host.host.onOneLine): connections to it cannot \
        be traced
        """)
    }
  }

  /// Warns once for all ports of a host.
  private mutating func warn(_ text: String) {
    if warnings.last != text { warnings.append(text) }
  }

  private mutating func add(
    _ host: MeshHost, _ port: MeshPort, at addresses: [IPAddress], chains: [EnvoyFilterChain],
    isHTTP: Bool = false
  ) {
    guard let first = addresses.first else { return }
    let bound = addresses.map { Endpoint($0, port.number) }
    let index = indexes[bound[0]] ?? entries.count
    if index == entries.count {
      entries.append(OutboundListenerEntry(name: "\(first)_\(port.number)", addresses: bound))
      for address in bound where indexes[address] == nil { indexes[address] = index }
    }
    let acceptsHTTP = isHTTP || port.portProtocol == .unknown
    // A listener has at most one HTTP filter chain; a second host that needs one changes nothing.
    if acceptsHTTP, entries[index].hasHTTP { return }
    for chain in chains { entries[index].add(chain, of: host.object) }
    guard acceptsHTTP else { return }
    // The routes of a port are shared, except on the addresses of one host.
    let routes = addresses == wildcards ? "\(port.number)" : "\(host.host):\(port.number)"
    entries[index].addHTTP(routes: routes, of: host.object)
  }

  /// The filter chains of a host's connections, distinguished by address block, or by server name if the host has no
  /// address.
  private func chains(_ host: MeshHost, _ port: MeshPort) -> [EnvoyFilterChain] {
    var match = EnvoyFilterChainMatch()
    if case .blocks(let blocks) = host.addresses { match.prefixRanges = blocks }
    let hasAddress: Bool = if case .own = host.addresses { true } else { host.addresses == .endpoints }
    if port.portProtocol.isTLS, !hasAddress { match.serverNames = [host.host] }
    return [EnvoyFilterChain(match: match, to: routes.destination(of: host, port.number))]
  }

  /// The wildcard address of each family that the pod has.
  private var wildcards: [IPAddress] {
    let families = IPFamily.allCases.filter { family in pod.addresses.contains { $0.family == family } }
    return (families.isEmpty ? [.ipv4] : families).map { IPAddress($0, bits: 0) }
  }

  /// The listeners. A connection that no filter chain matches is treated as if there were no listener.
  var listeners: [EnvoyListener] {
    let cluster = mesh.values.isRegistryOnly ? "BlackHoleCluster" : "PassthroughCluster"
    let passthrough = EnvoyFilterChain(name: "PassthroughFilterChain", to: .cluster(cluster))
    return entries.filter { !$0.chains.isEmpty }.map { $0.listener(default: passthrough) }
  }
}

extension Mesh {
  /// Returns the addresses of a host's endpoints: of the pods that it selects, and those in its manifest.
  fileprivate func endpoints(of host: MeshHost) -> [IPAddress] {
    guard let selector = host.selector else { return host.endpoints }
    return pods(selectedBy: selector, in: host.object.namespace).compactMap(\.addresses.first)
      + host.endpoints
  }
}

/// A listener under construction and the objects it is built from.
private struct OutboundListenerEntry {
  let name: String
  let addresses: [Endpoint]
  private(set) var chains: [EnvoyFilterChain] = []
  private(set) var hasHTTP = false
  private var origins: [ObjectName] = []
  private var matches: Set<EnvoyFilterChainMatch> = []

  init(name: String, addresses: [Endpoint]) {
    self.name = name
    self.addresses = addresses
  }

  /// Adds a filter chain unless one has the same match.
  mutating func add(_ chain: EnvoyFilterChain, of object: ObjectName) {
    guard matches.insert(chain.match).inserted else { return }
    chains.append(chain)
    if origins.last != object { origins.append(object) }
  }

  /// Adds the filter chain of plain-text HTTP.
  mutating func addHTTP(routes: String, of object: ObjectName) {
    var match = EnvoyFilterChainMatch()
    match.transportProtocol = "raw_buffer"
    match.applicationProtocols = ["http/1.1", "h2c"]
    add(EnvoyFilterChain(match: match, to: .http(EnvoyHTTPConnectionManager(routes: routes))), of: object)
    hasHTTP = true
  }

  /// Returns the finished listener.
  ///
  /// - Parameter passthrough: the filter chain of connections that no other chain matches.
  func listener(default passthrough: EnvoyFilterChain) -> EnvoyListener {
    let catchAll = chains.first { $0.match == EnvoyFilterChainMatch() }
    let matching = chains.filter { $0.match != EnvoyFilterChainMatch() }
    return EnvoyListener(
      name: name, addresses: addresses, bindsToPort: false,
      filterChains: matching.isEmpty ? [catchAll].compactMap(\.self) : matching,
      defaultFilterChain: matching.isEmpty ? nil : catchAll ?? passthrough,
      origin: origins.map(\.description).sentence)
  }
}
