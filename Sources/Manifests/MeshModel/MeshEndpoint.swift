package import Intercept
import KubernetesObjects

/// An endpoint of a host: a pod, a workload outside Kubernetes, or a listed address. The corresponding Istio type is
/// `IstioEndpoint`.
package struct MeshEndpoint: Sendable {
  /// An IP address, a host name, or `unix://` and a path.
  package let host: String
  /// The IP address; nil for a host name or a socket.
  package let address: IPAddress?
  package let labels: [String: String]
  /// The namespace whose PeerAuthentications apply.
  package let namespace: String
  /// True if a proxy of the mesh accepts mutual TLS for it.
  package let hasProxy: Bool
  /// The name of the node; empty outside Kubernetes, nil if it is not known.
  package let node: String?
  /// The ports by the names of the host's ports.
  fileprivate let ports: [String: Port]
  /// True if it has no other ports than those, as in an EndpointSlice.
  fileprivate let hasOnlyListedPorts: Bool
  /// The pod, if it is in the list.
  fileprivate let pod: Pod?

  /// True if it accepts HBONE: the pod is redirected to the ztunnel of an ambient mesh.
  package var acceptsTunnel: Bool { pod?.annotations[IstioAnnotation.ambientRedirection] == "enabled" }

  /// Returns the workload's port that a port of the host leads to; nil if the workload does not have it.
  package func port(_ port: MeshPort) -> Port? {
    ports[port.name] ?? (hasOnlyListedPorts ? nil : port.number(in: pod))
  }
}

extension MeshEndpoint {
  fileprivate init(_ endpoint: WorkloadEndpoint, labels: [String: String], namespace: String) {
    host = endpoint.host
    address = endpoint.address
    self.labels = labels
    self.namespace = namespace
    hasProxy = labels[IstioLabel.tlsMode].map { $0 == "istio" } ?? endpoint.hasServiceAccount
    ports = endpoint.ports
    hasOnlyListedPorts = false
    node = ""
    pod = nil
  }

  /// - Parameters:
  ///   - pod: the pod with the address; nil if the list does not contain it.
  ///   - listed: the address in EndpointSlices; nil if the list has none of the Service.
  fileprivate init(
    _ address: IPAddress, _ pod: MeshPod?, listed: ListedEndpoint? = nil, namespace: String
  ) {
    host = address.description
    self.address = address
    labels = pod?.pod.labels ?? [:]
    self.namespace = namespace
    hasProxy = pod.map { $0.acceptsMutualTLS } ?? false
    ports = listed?.ports ?? [:]
    hasOnlyListedPorts = listed != nil
    node = pod?.pod.node ?? listed?.node
    self.pod = pod?.pod
  }
}

extension Mesh {
  /// Returns the ports of an address in the EndpointSlices of a Service, by the names of the Service's ports; nil if it
  /// has none there.
  package func listedPorts(of host: MeshHost, at addresses: [IPAddress]) -> [String: Port]? {
    guard host.isService else { return nil }
    return endpointsByService[host.object.path]?.first { addresses.contains($0.address) }?.ports
  }

  /// Returns the endpoints of a host: those of EndpointSlices or else of selected pods, WorkloadEntries and the endpoints
  /// of a ServiceEntry.
  package func endpoints(of host: MeshHost) -> [MeshEndpoint] {
    let namespace = host.object.namespace
    let workloads = host.selector.map { self.workloads($0, of: host) } ?? []
    if host.isService, let known = endpointsByService[host.object.path] {
      return known.map { listed in
        let pod = podsByAddress[listed.address].map { pods[$0] }
        return MeshEndpoint(listed.address, pod, listed: listed, namespace: namespace)
      } + workloads
    }
    let listed = host.endpoints.map { MeshEndpoint($0, labels: $0.labels, namespace: namespace) }
    return selectedPods(of: host) + workloads + listed
  }

  /// Returns true if all endpoints of a host's port have a proxy, and there are some.
  package func allEndpointsHaveProxies(_ host: MeshHost, _ port: MeshPort) -> Bool {
    let endpoints = endpoints(of: host).filter { $0.port(port) != nil }
    return !endpoints.isEmpty && endpoints.allSatisfy(\.hasProxy)
  }

  /// Returns true if the list has a workload of a host that has no address, such as a Deployment, and no EndpointSlice
  /// with the endpoints.
  package func hasWorkloadsWithoutAddress(_ host: MeshHost) -> Bool {
    guard let selector = host.selector, !selector.isEmpty,
      endpointsByService[host.object.path] == nil
    else {
      return false
    }
    return pods(selectedBy: selector, in: host.object.namespace).contains {
      !$0.isFinished && $0.addresses.isEmpty
    }
  }

  /// The pods that the control plane of Kubernetes puts into EndpointSlices.
  private func selectedPods(of host: MeshHost) -> [MeshEndpoint] {
    let namespace = host.object.namespace
    return podIndexes(selectedBy: host.selector ?? [:], in: namespace).filter {
      list.pods[$0].isEndpoint(evenUnready: host.publishesUnready)
    }.compactMap { index in
      list.pods[index].addresses.first.map { MeshEndpoint($0, pods[index], namespace: namespace) }
    }
  }

  private func workloads(_ selector: [String: String], of host: MeshHost) -> [MeshEndpoint] {
    guard !selector.isEmpty else { return [] }
    return list.workloadEntries.filter {
      (!host.isService || $0.endpoint.address != nil) && $0.object.namespace == host.object.namespace
        && selector.isSatisfied(by: $0.labels)
    }.map { MeshEndpoint($0.endpoint, labels: $0.labels, namespace: $0.object.namespace) }
  }
}
