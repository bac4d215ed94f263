import Intercept
import KubernetesObjects
import ManifestText
import MeshModel
import SidecarInjection

/// Builds a proxy's outbound listeners in Istio's order. Of two hosts with the same address and port, the first owns the
/// listener, and the second adds the filter chains that can be distinguished.
///
/// The corresponding Istio function is `buildSidecarOutboundListeners`.
struct OutboundListenerBuilder {
  private let mesh: Mesh
  private let pod: PodOptions
  private let reserved: Set<Port>
  private let scope: SidecarScope
  private var indexes: [Endpoint: Int] = [:]
  private var entries: [OutboundListenerEntry] = []
  private(set) var warnings: [String] = []

  /// - Parameter reserved: the ports of the proxy's own listeners.
  init(_ mesh: Mesh, _ pod: PodOptions, reserved: Set<Port>) {
    self.mesh = mesh
    self.pod = pod
    self.reserved = reserved
    scope = mesh.sidecarScope(of: pod.object.namespace, labels: pod.labels)
  }

  /// Adds the listeners of all visible hosts.
  mutating func addListeners() {
    warnOfExternalNames()
    for listener in scope.egress { add(listener) }
  }

  /// A listener to build: one host, one port, and the addresses that a Sidecar gives.
  private struct Request {
    let host: MeshHost
    let port: MeshPort
    /// Empty for the host's own addresses.
    var binds: [IPAddress]
    let bindsToPort: Bool
    var blocks: [CIDR] = []
    let isHTTPProxy: Bool
  }

  private mutating func add(_ listener: Sidecar.EgressListener) {
    guard !listener.bind.hasPrefix("unix:") else { return }
    let binds = IPAddress(listener.bind).map { [$0] } ?? (listener.isNotCaptured ? loopbacks : [])
    let hosts = scope.hosts(of: listener, among: mesh.hosts)
    let chains = OutboundFilterChains(mesh, scope, listener, visible: hosts, labels: pod.labels)
    if listener.port == nil {
      for index in entries.indices { entries[index].isLocked = true }
    }
    for host in hosts where !host.isExternalName || mesh.createsExternalNameListeners {
      let own = listener.port.map {
        [MeshPort(name: "", number: $0.number, portProtocol: PortProtocol(word: $0.protocolName))]
      }
      for address in host.listenerAddresses {
        for port in own ?? host.ports where port.portProtocol != .udp && canBind(port, binds) {
          let request = Request(
            host: host, port: port, binds: binds, bindsToPort: listener.isNotCaptured,
            isHTTPProxy: listener.isHTTPProxy)
          add(request, address, chains)
        }
      }
    }
  }

  /// Returns false for listeners on the wildcard address that would conflict with the proxy's own.
  private func canBind(_ port: MeshPort, _ binds: [IPAddress]) -> Bool {
    let isOnWildcard = binds.first.map { $0 == wildcards[0] } ?? port.portProtocol.isHTTP
    return !isOnWildcard || !reserved.contains(port.number)
  }

  /// Adds a listener on the host's address unless the Sidecar gives one.
  private mutating func add(
    _ request: Request, _ address: MeshHost.ListenerAddress, _ chains: OutboundFilterChains
  ) {
    var request = request
    if !request.binds.isEmpty { return build(request, chains) }
    guard !request.port.portProtocol.isHTTP else {
      request.binds = wildcards
      return build(request, chains)
    }
    switch address {
    case .own(let addresses): request.binds = supported(addresses)
    case .block(let block): (request.binds, request.blocks) = (wildcards, [block])
    case .none: request.binds = wildcards
    case .endpoints:
      for address in mesh.endpoints(of: request.host) where address != pod.addresses.first {
        request.binds = [address]
        build(request, chains)
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
    build(request, chains)
  }

  /// Merges the filter chains of a host into the listener of its address, or creates it.
  private mutating func build(_ request: Request, _ chains: OutboundFilterChains) {
    guard let first = request.binds.first else { return }
    let key = Endpoint(first, request.port.number)
    let existing = indexes[key].map { entries[$0] }
    let incoming = request.port.portProtocol
    guard existing?.isLocked != true else { return }
    if request.isHTTPProxy { return create(key, request, [http(request)], .http) }
    if incoming.isHTTP {
      if let existing, !existing.portProtocol.isTCP { return }
      let isShared = first == wildcards[0]
      let chain = isShared ? Self.detected(http(request)) : http(request)
      return merge(key, request, [chain], isShared ? .unknown : incoming)
    }
    let tcp = chains.chains(
      OutboundFilterChains.Target(
        host: request.host, port: request.port.number, portProtocol: incoming, blocks: request.blocks,
        isOnWildcard: wildcards.contains(first)))
    guard incoming == .unknown else { return merge(key, request, tcp, incoming) }
    if let existing, !existing.portProtocol.isTCP, !existing.portProtocol.isHTTP { return }
    let both = tcp + [Self.detected(http(request))]
    if existing?.portProtocol.isHTTP == true { return create(key, request, both, incoming) }
    merge(key, request, both, incoming)
  }

  private mutating func merge(
    _ key: Endpoint, _ request: Request, _ chains: [EnvoyFilterChain], _ result: PortProtocol
  ) {
    guard let index = indexes[key] else { return create(key, request, chains, result) }
    let (incoming, present) = (request.port.portProtocol, entries[index].portProtocol)
    // Detection of the protocol would delay protocols whose server speaks first.
    if incoming.isServerFirst || present.isServerFirst, incoming != present { return }
    let isTCP = incoming.isTCP && (present.isTCP || present == .unknown)
    entries[index].merge(chains, of: request.host.object, sharesWithHTTP: !isTCP)
  }

  private mutating func create(
    _ key: Endpoint, _ request: Request, _ chains: [EnvoyFilterChain], _ portProtocol: PortProtocol
  ) {
    let entry = OutboundListenerEntry(
      chains, at: request.binds, request.port.number, portProtocol, bindsToPort: request.bindsToPort,
      of: request.host.object)
    if let index = indexes[key] {
      entries[index] = entry
    } else {
      indexes[key] = entries.count
      entries.append(entry)
    }
  }

  /// The filter chain of HTTP. The routes of a port are shared, except on the addresses of one host.
  private func http(_ request: Request) -> EnvoyFilterChain {
    let isShared = request.port.portProtocol.isHTTP || request.binds.first == wildcards[0]
    let routes = isShared ? "\(request.port.number)" : "\(request.host.host):\(request.port.number)"
    return EnvoyFilterChain(to: .http(EnvoyHTTPConnectionManager(routes: routes)))
  }

  /// Limits a filter chain to plain-text HTTP, as the HTTP inspector detects it.
  private static func detected(_ chain: EnvoyFilterChain) -> EnvoyFilterChain {
    var chain = chain
    chain.match.transportProtocol = "raw_buffer"
    chain.match.applicationProtocols = ["http/1.1", "h2c"]
    return chain
  }

  /// The listeners. A connection that no filter chain matches is treated as if there were no listener.
  var listeners: [EnvoyListener] {
    let cluster = mesh.closesUnknownDestinations(scope) ? "BlackHoleCluster" : "PassthroughCluster"
    let passthrough = EnvoyFilterChain(name: "PassthroughFilterChain", to: .cluster(cluster))
    return entries.filter { !$0.chains.isEmpty }.compactMap { $0.listener(default: passthrough) }
  }
}

// MARK: - Addresses and warnings

extension OutboundListenerBuilder {
  /// The families of the pod's addresses.
  private var families: [IPFamily] {
    let families = IPFamily.allCases.filter { family in pod.addresses.contains { $0.family == family } }
    return families.isEmpty ? [.ipv4] : families
  }

  /// The wildcard address of each family that the pod has.
  private var wildcards: [IPAddress] { families.map { IPAddress($0, bits: 0) } }

  /// The loopback address of each family that the pod has.
  private var loopbacks: [IPAddress] { families.map { $0 == .ipv4 ? .loopback4 : .loopback6 } }

  /// Returns the addresses of the pod's families; all if there are none, as Istio does.
  private func supported(_ addresses: [IPAddress]) -> [IPAddress] {
    let supported = addresses.filter { families.contains($0.family) }
    return supported.isEmpty ? Array(addresses.prefix(1)) : supported
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

  /// Warns once for all ports of a host.
  private mutating func warn(_ text: String) {
    if warnings.last != text { warnings.append(text) }
  }
}

extension IPAddress {
  fileprivate static let loopback4 = IPAddress.ipv4(IPv4Address(127, 0, 0, 1))
  fileprivate static let loopback6 = IPAddress.ipv6(IPv6Address(bits: 1))
}

extension MeshHost {
  /// An address of a host and its kind.
  fileprivate enum ListenerAddress {
    case own([IPAddress])
    case block(CIDR)
    case none, endpoints, pending, allocated
  }

  /// The addresses that have a listener each.
  fileprivate var listenerAddresses: [ListenerAddress] {
    switch addresses {
    case .own(let addresses): [.own(addresses)]
    case .listed(let blocks): blocks.map { $0.isHost ? .own([$0.network]) : .block($0) }
    case .endpoints: [.endpoints]
    case .none: [.none]
    case .pending: [.pending]
    case .allocated: [.allocated]
    }
  }
}

extension Mesh {
  /// Returns true if connections to unknown destinations are closed: the Sidecar's setting, or the mesh's.
  func closesUnknownDestinations(_ scope: SidecarScope) -> Bool {
    scope.sidecar?.isRegistryOnly ?? values.isRegistryOnly
  }
}
