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

  /// - Parameters:
  ///   - sections: the listeners of all Gateways.
  ///   - domain: the domain after `.svc.` in the host names of Services.
  init(
    _ route: KubernetesRoute, _ list: ObjectList, _ sections: [GatewaySection], _ traits: GatewayAPITraits,
    domain: String
  ) {
    for reference in route.parents {
      switch (reference.group, reference.object.kind) {
      case ("gateway.networking.k8s.io", "Gateway"), ("gateway.networking.k8s.io", "ListenerSet"),
        ("gateway.networking.x-k8s.io", "XListenerSet"):
        accepted += Self.listeners(of: reference, route, sections, traits)
        if !list.hasListeners(reference.object) { warn(route, reference) }
      case ("", "Service"):
        let service = list.services.first { $0.object == reference.object }
        add([service?.host(in: domain)].compactMap(\.self), route, reference, traits)
      case ("networking.istio.io", "ServiceEntry"):
        let entry = list.serviceEntries.first { $0.object == reference.object }
        add(entry?.hosts ?? [], route, reference, traits)
      default: warn(route, reference)
      }
    }
    accepted.sort { ($0.gateway.path ?? "mesh") < ($1.gateway.path ?? "mesh") }
  }

  /// Adds a route of the clients of some hosts.
  private mutating func add(
    _ hosts: [String], _ route: KubernetesRoute, _ reference: KubernetesRoute.Parent,
    _ traits: GatewayAPITraits
  ) {
    guard !hosts.isEmpty else { return warn(route, reference) }
    guard route.kind.isHTTP || traits.routesTCPInMesh else { return }
    accepted.append(RouteParent(gateway: .mesh, hosts: hosts, port: reference.port))
  }

  private mutating func warn(_ route: KubernetesRoute, _ reference: KubernetesRoute.Parent) {
    warnings.append(
      "\(route.object): its parent \(reference.object) is not in the list, or of a kind that is not followed")
  }

  private static func listeners(
    of reference: KubernetesRoute.Parent, _ route: KubernetesRoute, _ sections: [GatewaySection],
    _ traits: GatewayAPITraits
  ) -> [RouteParent] {
    let own = sections.filter { $0.owner == reference.object }
    return own.filter { $0.accepts(route, reference, traits) }.map { section in
      RouteParent(
        gateway: .gateway(section.object.path), hosts: section.hosts(of: route, among: own, traits), port: nil
      )
    }
  }
}

extension ObjectList {
  /// Returns true if the list has a Gateway or ListenerSet.
  fileprivate func hasListeners(_ object: ObjectName) -> Bool {
    listenerSets[object] != nil || object.kind == "Gateway" && kubernetesGateways[object.path] != nil
  }
}
