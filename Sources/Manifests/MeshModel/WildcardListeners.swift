package import Intercept
import KubernetesObjects

/// The hosts with listeners on the wildcard address, by port.
package struct WildcardListeners {
  /// A host and the namespaces where it owns the listener: the first visible host in creation order.
  package struct Owner {
    package let host: MeshHost
    package fileprivate(set) var namespaces: [String]
  }

  /// The visible hosts of each namespace.
  package let scopes: [SidecarScope]
  /// The hosts in creation order.
  package let byPort: [Port: [MeshHost]]

  package init(_ mesh: Mesh) {
    scopes = mesh.namespaces.map { mesh.sidecarScope(of: $0) }
    var byPort: [Port: [MeshHost]] = [:]
    for host in mesh.hosts {
      for port in host.ports where mesh.hasWildcardListener(host, port) {
        byPort[port.number, default: []].append(host)
      }
    }
    self.byPort = byPort
  }

  /// Returns the hosts that own the listener of a port in any namespace.
  package func owners(of port: Port) -> [Owner] {
    var owners: [Owner] = []
    var indexes: [HostKey: Int] = [:]
    for scope in scopes {
      guard let host = byPort[port]?.first(where: { scope.includes($0, port: port) }) else { continue }
      let key = HostKey(object: host.object, host: host.host)
      if let index = indexes[key] {
        owners[index].namespaces.append(scope.namespace)
      } else {
        indexes[key] = owners.count
        owners.append(Owner(host: host, namespaces: [scope.namespace]))
      }
    }
    return owners
  }

  private struct HostKey: Hashable {
    let object: ObjectName
    let host: String
  }
}
