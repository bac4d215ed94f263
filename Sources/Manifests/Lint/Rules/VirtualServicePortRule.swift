import Intercept

struct VirtualServicePortRule: LintRule {
  let name = "virtual-service-port"
  let documentation = """
    A TCP route of a VirtualService that matches a port which none of its Gateways serves as TCP, and a VirtualService \
    that names a Gateway which is not in the list.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    let gateways = Dictionary(mesh.list.gateways.map { ($0.object.path, $0) }) { first, _ in first }
    return mesh.list.virtualServices.flatMap { service in
      missing(service, gateways)
        + service.tcp.flatMap(\.matches).compactMap { unserved($0, service, gateways) }
    }
  }

  private func missing(_ service: VirtualService, _ gateways: [String: Gateway]) -> [Finding] {
    let named = service.gateways + service.tcp.flatMap(\.matches).flatMap(\.gateways)
    return Set(named.compactMap(\.path)).sorted().filter { gateways[$0] == nil }.map { path in
      Finding(
        service.object, "names the Gateway \(path.onOneLine), which is not in the list",
        effect: "no gateway has its routes",
        remedy: "name it as namespace/name; a name alone is looked for in \(service.object.namespace)")
    }
  }

  private func unserved(
    _ match: VirtualService.TCPMatch, _ service: VirtualService, _ gateways: [String: Gateway]
  ) -> Finding? {
    let named = match.gateways.isEmpty ? service.gateways : match.gateways
    let found = named.compactMap(\.path).compactMap { gateways[$0] }
    // In sidecars the port is matched against those of hosts.
    guard let port = match.port, !found.isEmpty, !named.contains(.mesh) else { return nil }
    let servers = found.flatMap(\.servers)
    guard !servers.contains(where: { $0.number == port && $0.takesTCPRoutes }) else { return nil }
    let other = servers.first { $0.number == port }
    let ports = Set(servers.filter(\.takesTCPRoutes).map(\.number)).sorted().map(\.description)
    return Finding(
      service.object, port: port,
      other.map {
        "\(match.field) wants port \(port), which its Gateway serves as \($0.protocolName.onOneLine), not as TCP"
      }
        ?? "\(match.field) wants port \(port), which its Gateway does not serve; as TCP it serves \(ports.sentence)",
      effect: "the route never applies",
      remedy:
        "give \(found.map(\.object.path).sentence) a server with port \(port) and protocol TCP, or match its port",
      others: found.map(\.object))
  }
}
