import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

/// The inbound listeners and filter chains of a pod: of the ports that Services lead to, or those of its Sidecar.
///
/// The corresponding Istio function is `buildInboundChainConfigs`.
struct InboundFilterChains {
  /// The filter chains of `virtualInbound`, by port.
  private(set) var chains: [EnvoyFilterChain] = []
  /// The listeners with a port of their own.
  private(set) var listeners: [EnvoyListener] = []
  private var seen: Set<Port> = []

  /// - Parameter reserved: the ports of the proxy's own listeners.
  init(_ mesh: Mesh, _ pod: PodOptions, reserved: Set<Port>) {
    let ingress = mesh.sidecarScope(of: pod.object.namespace, labels: pod.labels).sidecar?.ingress ?? []
    for listener in ingress where seen.insert(listener.port.number).inserted {
      add(listener.port.number, bind: listener.isNotCaptured ? listener.bind : nil)
    }
    guard ingress.isEmpty else { return }
    for port in mesh.inboundPorts(of: pod) where !reserved.contains(port) && seen.insert(port).inserted {
      add(port, bind: nil)
    }
  }

  /// - Parameter bind: the address of a listener of its own, empty for all; nil for a filter chain.
  private mutating func add(_ port: Port, bind: String?) {
    let cluster = EnvoyDestination.cluster("inbound|\(port)||")
    guard let bind else {
      var match = EnvoyFilterChainMatch()
      match.destinationPort = port
      chains.append(EnvoyFilterChain(match: match, to: cluster))
      return
    }
    let address = IPAddress(bind) ?? IPAddress(.ipv4, bits: 0)
    listeners.append(
      EnvoyListener(
        name: "\(address)_\(port)", addresses: [Endpoint(address, port)],
        filterChains: [EnvoyFilterChain(to: cluster)]))
  }
}

extension Mesh {
  /// Returns the ports of a pod that Services and ServiceEntries of its namespace lead to.
  fileprivate func inboundPorts(of pod: PodOptions) -> [Port] {
    let services = list.services.filter { service in
      service.object.namespace == pod.object.namespace && service.selector.isSatisfied(by: pod.labels)
    }
    let entries = list.serviceEntries.filter { entry in
      entry.object.namespace == pod.object.namespace && entry.selector?.isSatisfied(by: pod.labels) == true
    }
    return services.flatMap { service in
      service.ports.filter { $0.transport != "UDP" }.map { podPort(of: $0, in: service) ?? $0.number }
    }
      + entries.flatMap { entry in
        entry.ports.filter { PortProtocol(word: $0.protocolName) != .udp }.map(\.target)
      }
  }
}
