import Intercept
import KubernetesObjects
import ManifestText
import MeshModel

struct VirtualServicePortRule: LintRule {
  let name = "virtual-service-port"
  let documentation = """
    A TCP route of a VirtualService that matches a port which none of its Gateways serves as TCP, and a VirtualService \
    that names a Gateway which is not in the list, if there are others. Gateways of the Gateway API are not \
    followed.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    let gateways = Dictionary(mesh.list.gateways.map { ($0.object.path, $0) }) { first, _ in first }
    return mesh.list.virtualServices.flatMap { service in
      unknownGateways(service, gateways, mesh)
        + service.tcp.flatMap(\.matches).compactMap { unservedPort($0, service, gateways, mesh) }
    }
  }

  private func unknownGateways(
    _ service: VirtualService, _ gateways: [String: Gateway], _ mesh: Mesh
  ) -> [Finding] {
    // A list without any Gateway is a part of a mesh.
    guard !gateways.isEmpty || !mesh.list.kubernetesGateways.isEmpty else { return [] }
    let named = service.gateways + service.tcp.flatMap(\.matches).flatMap(\.gateways)
    return Set(named.compactMap(\.path)).sorted().filter {
      gateways[$0] == nil && mesh.list.kubernetesGateways[$0] == nil
    }.map { path in
      Finding(
        service.object, "names the Gateway \(path.onOneLine), which is not in the list",
        effect: "no gateway has its routes",
        remedy:
          "write namespace/name; a name without a namespace is searched for in \(service.object.namespace)")
    }
  }

  private func unservedPort(
    _ match: VirtualService.L4Match, _ service: VirtualService, _ gateways: [String: Gateway], _ mesh: Mesh
  ) -> Finding? {
    let named = match.gateways.isEmpty ? service.gateways : match.gateways
    let found = named.compactMap(\.path).compactMap { gateways[$0] }
    // In sidecars the port is matched against the ports of hosts.
    guard let port = match.port, !found.isEmpty, !named.contains(.mesh),
      named.compactMap(\.path).allSatisfy({ mesh.list.kubernetesGateways[$0] == nil })
    else { return nil }
    let servers = found.flatMap(\.servers)
    guard !servers.contains(where: { $0.number == port && $0.acceptsTCPRoutes }) else { return nil }
    let other = servers.first { $0.number == port }
    let ports = Set(servers.filter(\.acceptsTCPRoutes).map(\.number)).sorted().map(\.description).sentence
    return Finding(
      service.object, port: port,
      "\(match.field) matches port \(port), which its Gateway "
        + (other.map { "serves as \($0.protocolName.onOneLine), not as TCP" }
          ?? "does not serve; its TCP ports: \(ports)"),
      effect: "the route never applies",
      remedy: """
        add a server with port \(port) and protocol TCP to \(found.map(\.object.path).sentence), or match one of its TCP \
        ports
        """,
      others: found.map(\.object))
  }
}
