import KubernetesObjects
import MeshModel
import SidecarInjection

extension Mesh {
  /// Returns the VirtualServices that are exported to a namespace, in Istio's order and with the routes of their delegates.
  /// Of those made of HTTPRoutes, those of the namespace precede.
  func virtualServicesInOrder(_ scope: SidecarScope) -> [VirtualService] {
    let defaults = values.defaultExports.virtualServices
    let sorted = virtualServices.sorted {
      ($0.creationTime, $0.object.name, $0.object.namespace)
        < ($1.creationTime, $1.object.name, $1.object.namespace)
    }
    let own = sorted.filter { $0.followsGatewayAPI && $0.object.namespace == scope.namespace }
    let others = sorted.filter { !$0.followsGatewayAPI || $0.object.namespace != scope.namespace }
    return scope.inOrder(own + others) {
      ExportTo($0.exportTo.isEmpty ? defaults : $0.exportTo, in: $0.object.namespace)
    }.map(withDelegates)
  }

  /// Returns true if an egress listener imports a VirtualService.
  func imports(_ service: VirtualService, _ scope: SidecarScope, _ listener: Sidecar.EgressListener) -> Bool {
    fullHosts(service).contains { host in
      scope.importsRoutes(
        of: host, in: service.object.namespace, listener, followsGatewayAPI: service.followsGatewayAPI)
    }
  }

  /// Returns the hosts of a VirtualService with their domains.
  func fullHosts(_ service: VirtualService) -> [String] {
    service.hosts.map { fullName($0, in: service.object.namespace) }
  }

  /// Returns a VirtualService with the routes of its delegates: VirtualServices without hosts that are exported to its
  /// namespace. A route whose delegate is missing is left out.
  private func withDelegates(_ service: VirtualService) -> VirtualService {
    guard service.http.contains(where: { $0.delegate != nil }) else { return service }
    let defaults = values.defaultExports.virtualServices
    var merged = service
    merged.http = service.http.flatMap { route -> [VirtualService.HTTPRoute] in
      guard let name = route.delegate else { return [route] }
      let delegate = list.virtualServices.first { candidate in
        let exports = candidate.exportTo.isEmpty ? defaults : candidate.exportTo
        return candidate.object == name && candidate.hosts.isEmpty
          && ExportTo(exports, in: name.namespace).isVisible(in: service.object.namespace)
      }
      return delegate.map { route.merged(with: withFullNames($0)) } ?? []
    }
    return merged
  }

  /// Returns the HTTP routes of a VirtualService with the full names of their destinations.
  private func withFullNames(_ service: VirtualService) -> [VirtualService.HTTPRoute] {
    var routes = service.http
    for index in routes.indices {
      for place in routes[index].destinations.indices {
        let host = routes[index].destinations[place].destination.host
        routes[index].destinations[place].destination.host = fullName(host, in: service.object.namespace)
      }
    }
    return routes
  }
}
