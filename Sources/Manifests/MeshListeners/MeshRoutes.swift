import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

/// The route configurations of a sidecar's outbound HTTP: virtual hosts of the VirtualServices, and one for each other
/// visible host with the port.
///
/// The corresponding Istio function is `buildSidecarOutboundHTTPRouteConfig`.
struct MeshRoutes {
  private let mesh: Mesh
  private let scope: SidecarScope
  private let translation: HTTPRouteTranslation
  private let services: [VirtualService]

  /// - Parameter labels: the labels of the sidecar's pod.
  init(_ mesh: Mesh, _ scope: SidecarScope, labels: [String: String]) {
    self.mesh = mesh
    self.scope = scope
    translation = HTTPRouteTranslation(mesh: mesh, labels: labels, namespace: scope.namespace)
    services = mesh.virtualServicesInOrder(scope).filter { service in
      service.gateways.isEmpty || service.gateways.contains(.mesh)
    }.map { mesh.withDelegates($0) }
  }

  /// Returns the route configuration of a name: a port, or a host and a port; nil for any other name.
  func configuration(_ name: String) -> EnvoyRouteConfiguration? {
    let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
    guard let port = Port(parts.last ?? ""),
      let listener = scope.egress.first(where: { $0.port == nil || $0.port?.number == port })
    else { return nil }
    let hosts = scope.hosts(of: listener, among: mesh.hosts).filter { host in
      host.ports.contains { $0.number == port }
    }
    var builder = VirtualHostBuilder(mesh, scope.namespace, hosts, port)
    builder.add(services.filter { imports($0, listener) }, translation)
    builder.addOtherHosts()
    guard parts.count == 2 else {
      return EnvoyRouteConfiguration(
        name: name, virtualHosts: builder.virtualHosts + [mesh.outboundPolicy(scope).fallback],
        ignoresPort: true)
    }
    return EnvoyRouteConfiguration(
      name: name, virtualHosts: Self.virtualHosts(ofHost: parts[0], builder.virtualHosts), ignoresPort: true)
  }

  /// Returns the virtual hosts of a listener that is a host's own. A single one takes every name.
  ///
  /// The corresponding Istio function is `getVirtualHostsForSniffedServicePort`.
  private static func virtualHosts(ofHost host: String, _ all: [EnvoyVirtualHost]) -> [EnvoyVirtualHost] {
    var found = all.filter { $0.domains.contains(host) }
    if found.count == 1 { found[0].domains = ["*"] }
    return found
  }

  private func imports(_ service: VirtualService, _ listener: Sidecar.EgressListener) -> Bool {
    let owner = service.object.namespace
    return service.hosts.contains {
      scope.importsRoutes(of: mesh.fullName($0, in: owner), in: owner, listener)
    }
  }
}

extension Mesh {
  /// Returns a VirtualService with the routes of its delegates: VirtualServices without hosts that are exported to its
  /// namespace. A route whose delegate is missing is left out.
  fileprivate func withDelegates(_ service: VirtualService) -> VirtualService {
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
