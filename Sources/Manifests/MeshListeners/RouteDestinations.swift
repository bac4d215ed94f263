import Intercept
import KubernetesObjects
import MeshModel

/// The clusters that the routes of VirtualServices lead to.
///
/// The corresponding Istio function is `GetDestinationCluster`.
struct RouteDestinations {
  let mesh: Mesh
  /// The visible hosts by name.
  let hosts: [String: MeshHost]

  /// - Parameter port: the port of the listener.
  func destination(of route: VirtualService.L4Route, _ service: VirtualService, _ port: Port)
    -> EnvoyDestination
  {
    let targets = route.destinations
    let weighted = targets.filter { $0.weight > 0 }
    // One destination needs no weight.
    let clusters = (weighted.isEmpty ? targets : weighted).map { cluster($0.destination, service, port) }
    return clusters.count == 1 ? .cluster(clusters[0]) : clusters.isEmpty ? .closed : .oneOf(clusters)
  }

  /// The cluster of a destination that does not exist.
  static let missing = "UnknownService"

  /// Returns the cluster of a destination. Without a port it is the host's only port, else the listener's.
  func cluster(_ destination: VirtualService.Destination, _ service: VirtualService, _ port: Port)
    -> String
  {
    guard !destination.host.isEmpty else { return Self.missing }
    let name = mesh.fullName(destination.host, in: service.object.namespace)
    let host = hosts[name]
    let only = host?.ports.count == 1 ? host?.ports.first?.number : nil
    let target = host.flatMap { mesh.aliasTarget(of: $0.host) } ?? name
    return "outbound|\(destination.port ?? only ?? port)|\(destination.subset)|\(target)"
  }
}
