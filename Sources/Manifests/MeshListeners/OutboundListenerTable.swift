import Intercept
import KubernetesObjects
import MeshModel

/// A listener to build: one host, one port, and its addresses.
struct OutboundListenerRequest {
  let host: MeshHost
  let port: MeshPort
  /// Empty for the host's own addresses.
  var binds: [IPAddress]
  let bindsToPort: Bool
  /// The blocks of a ServiceEntry's address.
  var blocks: [CIDR] = []
  let isHTTPProxy: Bool
}

/// The outbound listeners by address and port. Of two hosts with the same address and port, the first owns the listener,
/// and the second adds the filter chains that can be distinguished.
///
/// The corresponding Istio functions are `buildSidecarOutboundListener` and `mergeTCPFilterChains`.
struct OutboundListenerTable {
  private let wildcards: [IPAddress]
  private var indexes: [Endpoint: Int] = [:]
  private var entries: [OutboundListenerEntry] = []

  /// - Parameter wildcards: the wildcard addresses of the proxy.
  init(wildcards: [IPAddress]) { self.wildcards = wildcards }

  /// Closes the present listeners to other egress listeners.
  mutating func lock() {
    for index in entries.indices { entries[index].isLocked = true }
  }

  /// Merges the filter chains of a host into the listener of its address, or creates it.
  mutating func add(_ request: OutboundListenerRequest, _ chains: OutboundFilterChains) {
    guard let first = request.binds.first else { return }
    let key = Endpoint(first, request.port.number)
    let existing = indexes[key].map { entries[$0] }
    guard existing?.isLocked != true else { return }
    let incoming = request.port.portProtocol
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
    _ key: Endpoint, _ request: OutboundListenerRequest, _ chains: [EnvoyFilterChain], _ result: PortProtocol
  ) {
    guard let index = indexes[key] else { return create(key, request, chains, result) }
    let (incoming, present) = (request.port.portProtocol, entries[index].portProtocol)
    // Detection of the protocol would delay protocols whose server speaks first.
    if incoming.isServerFirst || present.isServerFirst, incoming != present { return }
    let isTCP = incoming.isTCP && (present.isTCP || present == .unknown)
    entries[index].merge(chains, of: request.host.object, sharesWithHTTP: !isTCP)
  }

  private mutating func create(
    _ key: Endpoint, _ request: OutboundListenerRequest, _ chains: [EnvoyFilterChain],
    _ portProtocol: PortProtocol
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
  private func http(_ request: OutboundListenerRequest) -> EnvoyFilterChain {
    let isShared = request.port.portProtocol.isHTTP || request.binds.first == wildcards[0]
    let routes = isShared ? "\(request.port.number)" : "\(request.host.host):\(request.port.number)"
    return EnvoyFilterChain(to: .http(EnvoyHTTPConnectionManager(routes: routes)))
  }

  /// Limits a filter chain to plain-text HTTP, as the HTTP inspector detects it.
  private static func detected(_ chain: EnvoyFilterChain) -> EnvoyFilterChain {
    var chain = chain
    chain.match.transportProtocol = "raw_buffer"
    chain.match.applicationProtocols = IstioALPN.plainHTTP
    return chain
  }

  /// Returns the finished listeners.
  ///
  /// - Parameter unmatched: the cluster of connections that no filter chain matches.
  func listeners(unmatched: String) -> [EnvoyListener] {
    let passthrough = EnvoyFilterChain(name: "PassthroughFilterChain", to: .cluster(unmatched))
    return entries.filter { !$0.chains.isEmpty }.compactMap { $0.listener(default: passthrough) }
  }
}
