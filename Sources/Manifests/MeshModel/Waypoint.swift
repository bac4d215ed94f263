package import KubernetesObjects
package import SidecarInjection

/// A waypoint of an ambient mesh, and the hosts and pods that use it.
package struct Waypoint: Sendable {
  /// Its Services and ServiceEntries, in creation order.
  package let hosts: [MeshHost]
  /// Its pods: connections to their own addresses pass it.
  package let pods: [Pod]
}

extension Mesh {
  /// True if a pod is the proxy of a waypoint, by the labels that Istio gives it.
  package static func isWaypoint(_ pod: PodOptions) -> Bool {
    pod.labels[IstioLabel.gatewayName] != nil
      && (pod.labels[IstioLabel.gatewayClass] == "istio-waypoint"
        || pod.labels[IstioLabel.managedGateway] == "istio.io-mesh-controller")
  }

  /// Returns the waypoint whose proxy a pod is; nil for any other pod.
  package func waypoint(of pod: PodOptions) -> Waypoint? {
    guard Self.isWaypoint(pod), let name = pod.labels[IstioLabel.gatewayName] else { return nil }
    let path = "\(pod.object.namespace)/\(name)"
    let labels = list.kubernetesGateways[path]?.labels ?? pod.labels
    let traffic = labels[IstioLabel.waypointTraffic] ?? "service"
    let takesServices = traffic == "service" || traffic == "all"
    let takesWorkloads = traffic == "workload" || traffic == "all"
    return Waypoint(
      hosts: !takesServices
        ? []
        : hosts.filter { host in
          host.labels[IstioLabel.managedGateway] == nil
            && waypointPath(host.labels, in: host.object.namespace) == path
        },
      pods: !takesWorkloads
        ? []
        : list.pods.filter { pod in
          !pod.isFinished && pod.labels[IstioLabel.managedGateway] == nil
            && waypointPath(pod.labels, in: pod.object.namespace) == path
        })
  }

  /// Returns the waypoint of an object, as `namespace/name`: that of its own labels, or else of its namespace's.
  private func waypointPath(_ labels: [String: String], in namespace: String) -> String? {
    let inherited = list.namespaces[namespace]?.labels ?? [:]
    let labels = labels[IstioLabel.useWaypoint] == nil ? inherited : labels
    guard let name = labels[IstioLabel.useWaypoint], name != "none" else { return nil }
    return "\(labels[IstioLabel.waypointNamespace] ?? namespace)/\(name)"
  }
}
