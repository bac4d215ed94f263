import Intercept

/// The hosts whose ports make listeners that take every address, by port.
struct WildcardListeners {
  /// A host, and the namespaces where its listener is the one that is made: the oldest of those that are seen.
  struct Owner {
    let host: MeshHost
    var namespaces: [String]
  }

  /// What each namespace is told of.
  let sights: [SidecarScope]
  /// The oldest first.
  let byPort: [Port: [MeshHost]]

  init(_ mesh: Mesh) {
    sights = mesh.namespaces.map { mesh.sight(of: $0) }
    var byPort: [Port: [MeshHost]] = [:]
    for host in mesh.hosts {
      for port in host.ports where mesh.hasWildcardListener(host, port) {
        byPort[port.number, default: []].append(host)
      }
    }
    self.byPort = byPort
  }

  /// The hosts that have a port's listener somewhere.
  func owners(of port: Port) -> [Owner] {
    var owners: [Owner] = []
    var places: [ObjectHost: Int] = [:]
    for sight in sights {
      guard let host = byPort[port]?.first(where: { sight.includes($0, port: port) }) else { continue }
      let key = ObjectHost(object: host.object, host: host.host)
      if let place = places[key] {
        owners[place].namespaces.append(sight.namespace)
      } else {
        places[key] = owners.count
        owners.append(Owner(host: host, namespaces: [sight.namespace]))
      }
    }
    return owners
  }

  private struct ObjectHost: Hashable {
    let object: ObjectName
    let host: String
  }
}

/// Which Services lead to which ports of pods, by the number that connections from pod to pod go to.
struct PodPortUsers {
  private(set) var byPort: [Port: [ObjectName]] = [:]

  init(_ mesh: Mesh) {
    for service in mesh.list.services where service.externalName == nil {
      var ports: Set<Port> = []
      for port in service.ports {
        let kind = PortProtocol(port)
        guard kind != .udp, !kind.isHTTP else { continue }
        let number = mesh.podPort(of: port, in: service) ?? port.number
        // A headless Service's port has a listener for each pod's address, if it is the pods' port.
        if service.isHeadless, number == port.number { continue }
        ports.insert(number)
      }
      for port in ports { byPort[port, default: []].append(service.object) }
    }
  }
}
