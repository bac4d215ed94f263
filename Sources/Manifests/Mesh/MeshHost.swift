import Intercept

/// A host that the mesh knows, with its ports: a Service, or one of the hosts of a ServiceEntry.
struct MeshHost: Sendable {
  struct Port: Sendable {
    let name: String
    let number: Intercept.Port
    let protocolName: PortProtocol
  }

  /// Where a listener for it listens.
  enum Addresses: Hashable, Sendable {
    /// On these.
    case own([IPAddress])
    /// On every address, for the connections that go to these blocks.
    case blocks([CIDR])
    /// On those of each pod or endpoint behind it.
    case endpoints
    /// On every address: it has none of its own.
    case none
    /// On one that the cluster has not given yet.
    case pending
    /// On one that Istio gives it, and the manifest does not show.
    case allocated
  }

  let object: ObjectName
  let host: String
  let ports: [Port]
  let addresses: Addresses
  let exposure: ExportTo
  /// When it came to be, for the order in which Istio goes through hosts: the first of two keeps a listener.
  let age: CreationOrder
  /// Whether it is an ExternalName Service, of which newer releases make no listener at all.
  let isExternalName: Bool
  /// Endpoints that the manifest itself lists.
  let endpoints: [IPAddress]
  /// The labels of the pods behind it, in its own namespace.
  let selector: [String: String]?

  /// What hosts are ordered by.
  struct CreationOrder: Comparable, Sendable {
    let created: String
    let name: String
    let namespace: String

    static func < (left: CreationOrder, right: CreationOrder) -> Bool {
      (left.created, left.name, left.namespace) < (right.created, right.name, right.namespace)
    }
  }
}

extension MeshHost {
  init(_ service: Service, in mesh: MeshValues, domain: String) {
    object = service.object
    host = service.host(in: domain)
    ports = service.ports.map { Port(name: $0.name, number: $0.number, protocolName: PortProtocol($0)) }
    let said = service.annotations["networking.istio.io/exportTo"] ?? ""
    let words = said.split(separator: ",").map { $0.trimmingBlanks() }
    exposure = ExportTo(words.isEmpty ? mesh.defaultExportTo : words, in: service.object.namespace)
    age = CreationOrder(
      created: service.creationTime, name: service.object.name, namespace: service.object.namespace)
    isExternalName = service.externalName != nil
    endpoints = []
    selector = service.selector
    if service.isHeadless {
      addresses = .endpoints
    } else if !service.addresses.isEmpty {
      addresses = .own(service.addresses)
    } else {
      addresses = isExternalName ? .none : .pending
    }
  }

  /// One of the hosts of a ServiceEntry.
  init(_ entry: ServiceEntry, host: String, in mesh: MeshValues, _ given: AutoAllocatedAddresses) {
    object = entry.object
    self.host = host
    ports = entry.ports.map {
      Port(name: $0.name, number: $0.number, protocolName: PortProtocol(word: $0.protocolName))
    }
    exposure = ExportTo(
      entry.exportTo.isEmpty ? mesh.defaultExportTo : entry.exportTo, in: entry.object.namespace)
    age = CreationOrder(
      created: entry.creationTime, name: entry.object.name, namespace: entry.object.namespace)
    isExternalName = false
    endpoints = entry.endpoints
    selector = entry.selector
    addresses = Addresses(of: entry, host, given)
  }
}
