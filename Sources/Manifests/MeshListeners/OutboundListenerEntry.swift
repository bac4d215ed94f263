import Intercept
import KubernetesObjects
import ManifestText
import MeshModel

/// A listener under construction and the objects it is built from.
///
/// The corresponding Istio type is `outboundListenerEntry`.
struct OutboundListenerEntry {
  /// The addresses, the primary one first.
  let binds: [IPAddress]
  let port: Port
  let bindsToPort: Bool
  private(set) var chains: [EnvoyFilterChain]
  /// The protocol of the first host; unknown if TCP and HTTP share the listener.
  private(set) var portProtocol: PortProtocol
  /// True if an egress listener of the Sidecar has the port: others add nothing.
  var isLocked = false
  private var origins: [ObjectName]

  init(
    _ chains: [EnvoyFilterChain], at binds: [IPAddress], _ port: Port, _ portProtocol: PortProtocol,
    bindsToPort: Bool, of object: ObjectName
  ) {
    self.chains = chains
    self.binds = binds
    self.port = port
    self.portProtocol = portProtocol
    self.bindsToPort = bindsToPort
    origins = [object]
  }

  /// Adds the filter chains that can be distinguished from those of the listener.
  ///
  /// - Parameter sharesWithHTTP: true if TCP and HTTP share the listener now.
  mutating func merge(_ incoming: [EnvoyFilterChain], of object: ObjectName, sharesWithHTTP: Bool) {
    if sharesWithHTTP { portProtocol = .unknown }
    let known = Set(chains.map(\.match.condition))
    let added = incoming.filter { !known.contains($0.match.condition) }
    chains += added
    if !added.isEmpty, !origins.contains(object) { origins.append(object) }
  }

  /// Returns the finished listener.
  ///
  /// - Parameter passthrough: the filter chain of connections that no other chain matches.
  func listener(default passthrough: EnvoyFilterChain) -> EnvoyListener? {
    guard let first = binds.first else { return nil }
    let catchAll = chains.first { $0.match == EnvoyFilterChainMatch() }
    let matching = chains.filter { $0.match != EnvoyFilterChainMatch() }
    let detectsNames = chains.contains { !$0.match.serverNames.isEmpty }
    let detectsHTTP = chains.contains { !$0.match.applicationProtocols.isEmpty }
    return EnvoyListener(
      name: "\(first)_\(port)", addresses: binds.map { Endpoint($0, port) }, bindsToPort: bindsToPort,
      listenerFilters: (detectsNames ? [EnvoyListenerFilter(.tlsInspector)] : [])
        + (detectsHTTP ? [EnvoyListenerFilter(.httpInspector)] : []),
      filterChains: matching.isEmpty ? [catchAll].compactMap(\.self) : matching,
      defaultFilterChain: matching.isEmpty ? nil : catchAll ?? passthrough,
      origin: origins.map(\.description).sentence)
  }
}

extension EnvoyFilterChainMatch {
  /// The match without the order of its lists: chains with equal conditions cannot be distinguished.
  fileprivate var condition: EnvoyFilterChainMatch {
    var condition = self
    condition.serverNames = serverNames.sorted()
    condition.prefixRanges = prefixRanges.sorted { $0.description < $1.description }
    return condition
  }
}
