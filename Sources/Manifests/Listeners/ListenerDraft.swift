import Intercept

/// A proxy's outbound listeners while they are made, in Istio's order: of two that want the same place, the first
/// keeps it, and takes of the other what its connections can be told apart by.
struct ListenerDraft {
  private let mesh: Mesh
  private let pod: PodOptions
  private let sight: SidecarScope
  private let routes: MeshRoutes
  private var places: [Endpoint: Int] = [:]
  private var drafts: [DraftedListener] = []
  private(set) var warnings: [String] = []

  init(_ mesh: Mesh, _ pod: PodOptions) {
    self.mesh = mesh
    self.pod = pod
    sight = mesh.sight(of: pod.object.namespace, labels: pod.labels)
    routes = MeshRoutes(mesh, pod)
  }

  /// What Istio makes listeners of: first the hosts that are exported to the namespace by name, then those that are
  /// exported to all.
  mutating func addHosts() {
    warnAboutExternalNames()
    let known = mesh.hosts.filter { !$0.isExternalName || mesh.makesListenersOfExternalNames }
    for host in known.filter({ $0.exposure != .everywhere }) + known.filter({ $0.exposure == .everywhere }) {
      for port in host.ports where port.protocolName != .udp && sight.includes(host, port: port.number) {
        add(host, port)
      }
    }
  }

  private mutating func warnAboutExternalNames() {
    guard mesh.release == nil else { return }
    let names = mesh.hosts.filter { host in
      host.isExternalName
        && host.ports.contains { mesh.hasWildcardListener(host, $0) && sight.includes(host, port: $0.number) }
    }.map(\.object.path)
    guard !names.isEmpty else { return }
    warnings.append(
      """
      ExternalName Services make listeners up to Istio 1.20, and later where ENABLE_EXTERNAL_NAME_ALIAS is false: \
      \(names.sentence); --istio-release says which it is
      """)
  }

  private mutating func add(_ host: MeshHost, _ port: MeshHost.Port) {
    if port.protocolName.isHTTP { return add(host, port, at: wildcards, chains: [], isHTTP: true) }
    switch host.addresses {
    case .own(let addresses):
      add(host, port, at: addresses, chains: chains(host, port))
    case .none, .blocks: add(host, port, at: wildcards, chains: chains(host, port))
    case .endpoints:
      for address in mesh.endpoints(of: host) where address != pod.addresses.first {
        add(host, port, at: [address], chains: chains(host, port))
      }
    case .pending: warn("\(host.object) has no clusterIP yet, so it makes no listener")
    case .allocated:
      warn(
        """
        \(host.object) has an address of Istio's for \(host.host.onOneLine), which its status does not show: connections \
        there cannot be followed
        """)
    }
  }

  /// Once for all ports of a host.
  private mutating func warn(_ text: String) {
    if warnings.last != text { warnings.append(text) }
  }

  private mutating func add(
    _ host: MeshHost, _ port: MeshHost.Port, at addresses: [IPAddress], chains: [EnvoyFilterChain],
    isHTTP: Bool = false
  ) {
    guard let first = addresses.first else { return }
    let ends = addresses.map { Endpoint($0, port.number) }
    let place = places[ends[0]] ?? drafts.count
    if place == drafts.count {
      drafts.append(DraftedListener(name: "\(first)_\(port.number)", ends: ends))
      for end in ends where places[end] == nil { places[end] = place }
    }
    let takesRequests = isHTTP || port.protocolName == .guessed
    // A listener that has a chain for requests already is left as it is by one more host that wants one.
    if takesRequests, drafts[place].hasHTTP { return }
    for chain in chains { drafts[place].add(chain, of: host.object) }
    guard takesRequests else { return }
    // Routes are shared by all of a port, but for a listener that is one host's alone.
    let routes = addresses == wildcards ? "\(port.number)" : "\(host.host):\(port.number)"
    drafts[place].add(Self.requests(routes), of: host.object)
    drafts[place].hasHTTP = true
  }

  /// The chain for what looks like HTTP in plain text.
  private static func requests(_ routes: String) -> EnvoyFilterChain {
    var match = EnvoyFilterChainMatch()
    match.transportProtocol = "raw_buffer"
    match.applicationProtocols = ["http/1.1", "h2c"]
    return EnvoyFilterChain(match: match, to: .routes(routes, clusters: []))
  }

  /// The chains for a host's connections, by what tells them apart: blocks of addresses, or the name in a TLS greeting
  /// where there is no address of its own.
  private func chains(_ host: MeshHost, _ port: MeshHost.Port) -> [EnvoyFilterChain] {
    var match = EnvoyFilterChainMatch()
    if case .blocks(let blocks) = host.addresses { match.prefixRanges = blocks }
    let isAlone: Bool = if case .own = host.addresses { true } else { host.addresses == .endpoints }
    if port.protocolName.isTLS, !isAlone { match.serverNames = [host.host] }
    return [EnvoyFilterChain(match: match, to: routes.destination(of: host, port.number))]
  }

  /// Every address, of the families that the pod has.
  private var wildcards: [IPAddress] {
    let families = IPFamily.allCases.filter { family in pod.addresses.contains { $0.family == family } }
    return (families.isEmpty ? [.ipv4] : families).map { IPAddress($0, bits: 0) }
  }

  /// The listeners. What no chain matches goes through, as where there is no listener at all.
  var listeners: [EnvoyListener] {
    let isClosed = mesh.values[.outboundPolicy] == "REGISTRY_ONLY"
    let through = EnvoyFilterChain(
      name: "PassthroughFilterChain", to: .cluster(isClosed ? "BlackHoleCluster" : "PassthroughCluster"))
    return drafts.filter { !$0.chains.isEmpty }.map { $0.listener(through) }
  }
}
