import Intercept
import KubernetesObjects
import ManifestText
import MeshModel
import SidecarInjection

struct RouteTargetRule: LintRule {
  let name = "route-target"
  let severity = Severity.error
  let documentation = """
    A route of a VirtualService to a host that no Service and no ServiceEntry has, that is not exported to the proxies \
    with the route, or to a port that the host lacks or has only for UDP. A host without a dot is a Service of the \
    VirtualService's namespace; a host with a dot is a full name, so name.namespace is not a Service. Hosts of other \
    clusters (svc.clusterset.local) are not checked, nor those of Istio's namespace in a list without the control plane.
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

  private static let effect =
    "the cluster does not exist: connections are closed, HTTP requests get status 503"

  private func finding(
    _ destination: VirtualService.Destination, _ service: VirtualService, _ index: HostIndex, _ mesh: Mesh
  ) -> Finding? {
    let name = mesh.fullName(destination.host, in: service.object.namespace)
    guard !name.hasSuffix(".svc.clusterset.local") else { return nil }
    let hosts = index.hosts(name)
    guard !hosts.isEmpty else {
      let isInstalled = name.hasSuffix(".\(mesh.values.rootNamespace).svc.\(mesh.domain)")
      return isInstalled && !mesh.includesControlPlane
        ? nil : unknownHost(destination, name, service, index, mesh)
    }
    let users = Self.users(of: service, mesh)
    let visible = hosts.filter { host in users.isEmpty || users.contains(where: host.exportTo.isVisible) }
    guard !visible.isEmpty else { return hiddenHost(destination, name, service, hosts, users) }
    guard let port = destination.port, let ports = index.ports(of: visible, mesh) else { return nil }
    return missingPort(port, destination, service, visible, ports, name)
  }

  /// Returns the namespaces of the proxies that have a VirtualService's routes; empty if they are unknown.
  private static func users(of service: VirtualService, _ mesh: Mesh) -> Set<String> {
    var users: Set<String> = []
    for gateway in service.gateways.isEmpty ? [.mesh] : service.gateways {
      switch gateway {
      case .mesh:
        switch ExportTo(service.exportTo, in: service.object.namespace) {
        case .everywhere: users.insert(service.object.namespace)
        case .only(let namespaces): users.formUnion(namespaces)
        }
      case .gateway(let path):
        let backend = mesh.gatewayServices.backend(
          of: ObjectName(kind: "Gateway", path: path))
        let namespaces = backend.pods.map(\.object.namespace) + backend.services.map(\.object.namespace)
        if namespaces.isEmpty { return [] }
        users.formUnion(namespaces)
      }
    }
    return users
  }

  private func missingPort(
    _ port: Port, _ destination: VirtualService.Destination, _ service: VirtualService, _ hosts: [MeshHost],
    _ ports: [MeshPort], _ name: String
  ) -> Finding? {
    // Istio creates no clusters for UDP ports.
    let numbers = Set(ports.filter { $0.portProtocol != .udp }.map(\.number))
    guard !numbers.contains(port) else { return nil }
    let udp = ports.contains { $0.number == port } ? ", and \(port) only for UDP" : ""
    let existing = numbers.sorted().map(\.description).sentence
    return Finding(
      service.object, port: port,
      "\(destination.field) is port \(port) of \(name.onOneLine), which has \(existing)\(udp)",
      effect: Self.effect,
      remedy: (numbers.isEmpty
        ? "" : "change the port to \(numbers.count == 1 ? "" : "one of ")\(existing), or ")
        + "add port \(port) to \(hosts.first.map { "\($0.object)" } ?? "")",
      others: hosts.map(\.object))
  }

  private func hiddenHost(
    _ destination: VirtualService.Destination, _ name: String, _ service: VirtualService, _ hosts: [MeshHost],
    _ users: Set<String>
  ) -> Finding {
    let owners = hosts.map(\.object.description).sentence
    return Finding(
      service.object, port: destination.port,
      "\(destination.field) is \(name.onOneLine), which \(owners) does not export to namespace \(users.sorted().sentence)",
      effect: Self.effect, remedy: "add \(users.sorted().sentence) to exportTo of \(owners)",
      others: hosts.map(\.object))
  }

  private func unknownHost(
    _ destination: VirtualService.Destination, _ name: String, _ service: VirtualService, _ index: HostIndex,
    _ mesh: Mesh
  ) -> Finding {
    let parts = destination.host.split(separator: ".")
    let fullName = parts.count > 1 ? "\(parts[0]).\(parts[1]).svc.\(mesh.domain)" : ""
    return Finding(
      service.object, port: destination.port,
      "\(destination.field) is \(name.onOneLine), which no Service and no ServiceEntry has",
      effect: Self.effect,
      remedy: index.hosts(fullName).isEmpty
        ? "change it to a Service, as name.namespace.svc.\(mesh.domain), or add a ServiceEntry for the host"
        : "write \(fullName)")
  }
}

/// Finds hosts by name, including wildcard hosts.
private struct HostIndex {
  private let hosts: [MeshHost]
  private var byName: [String: [Int]] = [:]
  private let wildcards: HostPatternIndex

  init(_ hosts: [MeshHost]) {
    self.hosts = hosts
    var patterns: [(pattern: HostPattern, index: Int)] = []
    for (index, host) in hosts.enumerated() {
      if host.host.hasPrefix("*") {
        patterns.append((HostPattern(host.host), index))
      } else {
        byName[host.host, default: []].append(index)
      }
    }
    wildcards = HostPatternIndex(patterns)
  }

  /// The hosts with a name; if there is none, the wildcard hosts that match it.
  func hosts(_ name: String) -> [MeshHost] {
    (byName[name] ?? wildcards.indexes(matching: name)).map { hosts[$0] }
  }

  /// Returns the ports of hosts. An alias (ExternalName Service of newer releases) has those of its target as well.
  ///
  /// - Returns: nil if the ports of a target are unknown.
  func ports(of hosts: [MeshHost], _ mesh: Mesh) -> [MeshPort]? {
    var ports: [MeshPort] = []
    var seen: Set<String> = []
    var queue = hosts
    while let host = queue.popLast() {
      guard seen.insert(host.host).inserted else { continue }
      ports += host.ports
      guard let target = host.externalName, mesh.release == nil || !mesh.createsExternalNameListeners else {
        continue
      }
      let targets = self.hosts(target)
      if targets.isEmpty { return nil }
      queue += targets
    }
    return ports
  }
}
