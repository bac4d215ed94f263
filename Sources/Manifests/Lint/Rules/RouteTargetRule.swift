import Intercept

struct RouteTargetRule: LintRule {
  let name = "route-target"
  let documentation = """
    A route of a VirtualService to a host that no Service and no ServiceEntry has, or to a port that the host does not \
    have, or has for UDP alone. A host without a dot is a Service of the VirtualService's own namespace; one with a dot \
    is taken as it stands, so that name.namespace is no Service.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    guard !mesh.hosts.isEmpty else { return [] }
    let index = HostIndex(mesh.hosts)
    return mesh.list.virtualServices.flatMap { service in
      var seen: Set<String> = []
      return service.destinations.filter { seen.insert("\($0.host) \($0.port?.description ?? "")").inserted }
        .compactMap { finding($0, service, index, mesh) }
    }
  }

  private func finding(
    _ target: VirtualService.Destination, _ service: VirtualService, _ index: HostIndex, _ mesh: Mesh
  ) -> Finding? {
    let name = mesh.fullName(target.host, in: service.object.namespace)
    let found = index.hosts(name)
    guard !found.isEmpty else { return noHost(target, name, service, index, mesh) }
    let ports = found.flatMap(\.ports)
    // Istio makes no cluster of a UDP port.
    let numbers = Set(ports.filter { $0.protocolName != .udp }.map(\.number))
    guard let port = target.port, !numbers.contains(port) else { return nil }
    let alone = ports.contains { $0.number == port } ? ", and \(port) for UDP alone" : ""
    let have = numbers.sorted().map(\.description).sentence + alone
    return Finding(
      service.object, port: port,
      "\(target.field) leads to port \(port) of \(name.onOneLine), which has \(have)",
      effect: "there is no such cluster: connections are closed, and requests answered with 503",
      remedy: "name a port that \(found.first.map { "\($0.object)" } ?? "") has, or add port \(port) to it",
      others: found.map(\.object))
  }

  private func noHost(
    _ target: VirtualService.Destination, _ name: String, _ service: VirtualService, _ index: HostIndex,
    _ mesh: Mesh
  ) -> Finding {
    let parts = target.host.split(separator: ".")
    let whole = parts.count > 1 ? "\(parts[0]).\(parts[1]).svc.\(mesh.domain)" : ""
    let remedy =
      index.hosts(whole).isEmpty
      ? "name a Service as name.namespace.svc.\(mesh.domain), or add a ServiceEntry for the host"
      : "write \(whole)"
    return Finding(
      service.object, port: target.port,
      "\(target.field) leads to \(name.onOneLine), which no Service and no ServiceEntry has",
      effect: "there is no such cluster: connections are closed, and requests answered with 503",
      remedy: remedy)
  }
}

/// Hosts by name, those with a star apart.
private struct HostIndex {
  private var byName: [String: [MeshHost]] = [:]
  private var patterns: [MeshHost] = []

  init(_ hosts: [MeshHost]) {
    for host in hosts {
      if host.host.hasPrefix("*") {
        patterns.append(host)
      } else {
        byName[host.host, default: []].append(host)
      }
    }
  }

  func hosts(_ name: String) -> [MeshHost] {
    byName[name] ?? patterns.filter { HostPattern($0.host).matches(name) }
  }
}
