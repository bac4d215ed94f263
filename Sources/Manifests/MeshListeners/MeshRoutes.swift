import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

/// The route configurations of a sidecar's outbound HTTP: virtual hosts of the VirtualServices, and one for each other
/// visible host with the port.
///
/// The corresponding Istio function is `buildSidecarOutboundHTTPRouteConfig`.
struct MeshRoutes: RouteConfigurations {
  private let mesh: Mesh
  private let scope: SidecarScope
  private let translation: HTTPRouteTranslation
  private let services: [VirtualService]

  /// - Parameter labels: the labels of the sidecar's pod.
  init(_ mesh: Mesh, _ scope: SidecarScope, labels: [String: String]) {
    self.mesh = mesh
    self.scope = scope
    translation = HTTPRouteTranslation(labels: labels, namespace: scope.namespace, gateway: .mesh)
    services = mesh.virtualServicesInOrder(scope).filter { service in
      service.gateways.isEmpty || service.gateways.contains(.mesh)
    }
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
    builder.add(services.filter { mesh.imports($0, scope, listener) }, translation)
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
}
