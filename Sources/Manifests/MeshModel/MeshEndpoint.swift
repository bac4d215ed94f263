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
  /// The ports by the names of the host's ports.
  fileprivate let ports: [String: Port]
  /// The pod, if it is in the list.
  fileprivate let pod: Pod?

  /// True if it accepts HBONE: the pod is redirected to the ztunnel of an ambient mesh.
  package var acceptsTunnel: Bool { pod?.annotations[IstioAnnotation.ambientRedirection] == "enabled" }

  /// Returns the workload's port that a port of the host leads to; nil for a name that the workload does not have.
  package func port(_ port: MeshPort) -> Port? {
    ports[port.name] ?? port.number(in: pod)
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
    pod = nil
  }

  /// - Parameter pod: the pod with the address; nil if the list does not contain it.
  fileprivate init(_ address: IPAddress, _ pod: MeshPod?, namespace: String) {
    host = address.description
    self.address = address
    labels = pod?.pod.labels ?? [:]
    self.namespace = namespace
    hasProxy =
      pod.map { $0.injectionStatus >= .expected && $0.pod.labels[IstioLabel.tlsMode] != "disabled" } ?? false
    ports = [:]
    self.pod = pod?.pod
  }
}

extension Mesh {
  /// Returns the addresses in the EndpointSlices of a Service; empty without any.
  package func listedEndpoints(of host: MeshHost) -> [IPAddress] {
    endpointsByService[host.object.path] ?? []
  }

  /// Returns the endpoints of a host: those of EndpointSlices or else of selected pods, WorkloadEntries and the endpoints
  /// of a ServiceEntry.
  package func endpoints(of host: MeshHost) -> [MeshEndpoint] {
    let namespace = host.object.namespace
    let workloads = host.selector.map { self.workloads($0, of: host) } ?? []
    if host.isService, let known = endpointsByService[host.object.path] {
      var seen: Set<IPAddress> = []
      return known.filter { seen.insert($0).inserted }.map { address in
        MeshEndpoint(address, podsByAddress[address].map { pods[$0] }, namespace: namespace)
      } + workloads
    }
    let listed = host.endpoints.map { MeshEndpoint($0, labels: $0.labels, namespace: namespace) }
    return (host.selector.map { selectedPods($0, in: namespace) } ?? []) + workloads + listed
  }

  /// Returns true if all endpoints of a host have a proxy, and there are some.
  package func allEndpointsHaveProxies(_ host: MeshHost) -> Bool {
    let endpoints = endpoints(of: host)
    return !endpoints.isEmpty && endpoints.allSatisfy(\.hasProxy)
  }

  /// Returns true if the list has a workload of a host that has no address, such as a Deployment.
  package func hasWorkloadsWithoutAddress(_ host: MeshHost) -> Bool {
    guard let selector = host.selector, !selector.isEmpty else { return false }
    return pods(selectedBy: selector, in: host.object.namespace).contains {
      !$0.isFinished && $0.addresses.isEmpty
    }
  }

  private func selectedPods(_ selector: [String: String], in namespace: String) -> [MeshEndpoint] {
    podIndexes(selectedBy: selector, in: namespace).filter { !list.pods[$0].isFinished }.compactMap { index in
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
