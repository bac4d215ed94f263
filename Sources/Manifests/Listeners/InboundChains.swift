import Intercept

/// The filter chains of `virtualInbound`: one for each port that Services lead to on the pod.
struct InboundChains {
  let chains: [EnvoyFilterChain]

  init(_ mesh: Mesh, _ pod: PodOptions) {
    var taken: Set<Port> = []
    chains = mesh.list.services.filter { service in
      service.object.namespace == pod.object.namespace && service.selector.isSatisfied(by: pod.labels)
    }.flatMap { service in
      service.ports.filter { $0.transport == "TCP" }.map { mesh.podPort(of: $0, in: service) ?? $0.number }
    }.filter { taken.insert($0).inserted }.map { port in
      var match = EnvoyFilterChainMatch()
      match.destinationPort = port
      return EnvoyFilterChain(match: match, to: .cluster("inbound|\(port)||"))
    }
  }
}

extension Mesh {
  /// The addresses of what stands behind a host: of the pods that it selects, or those that it lists.
  func endpoints(of host: MeshHost) -> [IPAddress] {
    guard let selector = host.selector else { return host.endpoints }
    return pods(selectedBy: selector, in: host.object.namespace).compactMap(\.addresses.first)
      + host.endpoints
  }
}
