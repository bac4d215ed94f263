import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

/// The clusters that a proxy sends a host's TCP connections to: the host's own, or those of a VirtualService.
struct VirtualServiceRoutes {
  private let mesh: Mesh
  private let services: [VirtualService]

  init(_ mesh: Mesh, _ pod: PodOptions) {
    self.mesh = mesh
    services = mesh.list.virtualServices.filter { service in
      let isForSidecars = service.gateways.isEmpty || service.gateways.contains(.mesh)
      return isForSidecars && !service.tcp.isEmpty
        && ExportTo(service.exportTo, in: service.object.namespace).isVisible(in: pod.object.namespace)
    }
  }

  func destination(of host: MeshHost, _ port: Port) -> EnvoyDestination {
    for service in services where service.hosts.contains(where: { matches($0, host, service) }) {
      for route in service.tcp where applies(route, port) {
        let clusters = route.destinations.map { cluster($0, service, port) }
        guard let first = clusters.first else { continue }
        return clusters.count == 1 ? .cluster(first) : .oneOf(clusters)
      }
    }
    return .cluster("outbound|\(port)||\(host.host)")
  }

  private func matches(_ pattern: String, _ host: MeshHost, _ service: VirtualService) -> Bool {
    HostPattern(mesh.fullName(pattern, in: service.object.namespace)).matches(host.host)
  }

  private func applies(_ route: VirtualService.TCPRoute, _ port: Port) -> Bool {
    route.matches.isEmpty
      || route.matches.contains { match in
        (match.port == nil || match.port == port) && !match.hasOtherConditions
          && (match.gateways.isEmpty || match.gateways.contains(.mesh))
      }
  }

  private func cluster(_ destination: VirtualService.Destination, _ service: VirtualService, _ port: Port)
    -> String
  {
    let name = mesh.fullName(destination.host, in: service.object.namespace)
    return "outbound|\(destination.port ?? port)|\(destination.subset)|\(name)"
  }
}
