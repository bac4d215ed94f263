import Intercept
import KubernetesObjects

/// A parent that takes a route.
struct RouteParent {
  /// The Gateway that Istio makes of the listener, or the mesh for a Service.
  let gateway: GatewayReference
  /// The hosts of the route at the parent.
  let hosts: [String]
  /// The port of a Service; nil for all.
  let port: Port?
}

/// The parents of a route, sorted by the names of their Gateways.
///
/// The corresponding Istio function is `extractParentReferenceInfo`.
struct RouteParents {
  private(set) var accepted: [RouteParent] = []
  /// References to objects that are not in the list or not followed.
  private(set) var warnings: [String] = []

  init(_ route: KubernetesHTTPRoute, _ list: ObjectList, _ sections: [GatewaySection], domain: String) {
    for reference in route.parents {
      switch (reference.group, reference.object.kind) {
      case ("gateway.networking.k8s.io", "Gateway"):
        accepted += Self.listeners(of: reference, route, sections)
        if list.kubernetesGateways[reference.object.path] == nil { warn(route, reference) }
      case ("", "Service"):
        let service = list.services.first { $0.object == reference.object }
        add([service?.host(in: domain)].compactMap(\.self), route, reference)
      case ("networking.istio.io", "ServiceEntry"):
        add(list.serviceEntries.first { $0.object == reference.object }?.hosts ?? [], route, reference)
      default: warn(route, reference)
      }
    }
    accepted.sort { ($0.gateway.path ?? "mesh") < ($1.gateway.path ?? "mesh") }
  }

  /// Adds a route of the clients of some hosts.
  private mutating func add(
    _ hosts: [String], _ route: KubernetesHTTPRoute, _ reference: KubernetesHTTPRoute.Parent
  ) {
    guard !hosts.isEmpty else { return warn(route, reference) }
    accepted.append(RouteParent(gateway: .mesh, hosts: hosts, port: reference.port))
  }

  private mutating func warn(_ route: KubernetesHTTPRoute, _ reference: KubernetesHTTPRoute.Parent) {
    warnings.append(
      "\(route.object): its parent \(reference.object) is not in the list, or of a kind that is not followed")
  }

  private static func listeners(
    of reference: KubernetesHTTPRoute.Parent, _ route: KubernetesHTTPRoute, _ sections: [GatewaySection]
  ) -> [RouteParent] {
    let own = sections.filter { $0.gateway.object.path == reference.object.path }
    let names = route.hostNames.isEmpty ? ["*"] : route.hostNames
    return own.filter { $0.accepts(route, reference) }.map { section in
      RouteParent(
        gateway: .gateway(section.object.path), hosts: names.filter { section.isolates($0, from: own) },
        port: nil)
    }
  }
}
