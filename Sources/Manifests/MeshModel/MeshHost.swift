package import Intercept
package import KubernetesObjects
import SidecarInjection

/// A host in the mesh's registry: a Service, or one host of a ServiceEntry.
package struct MeshHost: Sendable {
  /// The addresses on which the host's listeners accept connections.
  package enum Addresses: Hashable, Sendable {
    /// The addresses of one listener: a Service's cluster IPs, or auto-allocated addresses.
    case own([IPAddress])
    /// The addresses of a ServiceEntry, each with a listener; a block has one on the wildcard address.
    case listed([CIDR])
    /// The address of each pod or endpoint of the host.
    case endpoints
    /// The wildcard address, because the host has no address.
    case none
    /// A cluster IP that is not assigned yet.
    case pending
    /// An auto-allocated address that the manifest does not contain.
    case allocated
  }

  package let object: ObjectName
  package let host: String
  package let labels: [String: String]
  package let ports: [MeshPort]
  package let addresses: Addresses
  package let exportTo: ExportTo
  /// The position in Istio's order of hosts: the first of two conflicting hosts gets the listener.
  package let creationOrder: CreationOrder
  /// The target of an ExternalName Service, for which newer releases create no listeners.
  package let externalName: String?
  package let resolution: Resolution
  /// True if the host is outside the mesh, so that its proxies are not expected to accept mutual TLS.
  package let isExternal: Bool
  /// The endpoints of a ServiceEntry.
  package let endpoints: [WorkloadEndpoint]
  /// The labels of the host's pods, in its own namespace.
  package let selector: [String: String]?
  /// True if pods are endpoints before they are ready.
  package let publishesUnready: Bool
  /// True if connections go only to endpoints on the client's node.
  package let staysOnNode: Bool
}

extension MeshHost {
  /// The discovery of a host's endpoints. The corresponding Istio type is `Resolution`.
  package enum Resolution: Hashable, Sendable {
    /// The endpoints in the mesh's registry.
    case endpoints
    /// The addresses that DNS has for the host, or for its listed endpoints.
    case dns
    /// The addresses that DNS has for the name of each request or TLS greeting.
    case dynamicDNS
    /// The original destination of a connection; Envoy's cluster is of type ORIGINAL_DST.
    case originalDestination
  }

  package var isExternalName: Bool { externalName != nil }

  /// True if connections keep their own destination.
  package var keepsDestination: Bool { resolution == .originalDestination }

  /// True for a Kubernetes Service.
  package var isService: Bool { object.kind == "Service" }
}

/// A port of a host.
package struct MeshPort: Sendable {
  package let name: String
  package let number: Port
  package let portProtocol: PortProtocol
  /// The port of the endpoints.
  package let target: IntOrString

  package init(name: String, number: Port, portProtocol: PortProtocol, target: IntOrString? = nil) {
    self.name = name
    self.number = number
    self.portProtocol = portProtocol
    self.target = target ?? .number(number)
  }

  /// Returns the pod's port that it leads to; nil for a name that the pod does not have.
  package func number(in pod: Pod?) -> Port? {
    switch target {
    case .number(let number): number == 0 ? self.number : number
    case .name(let name): pod?.runningContainers.lazy.flatMap(\.ports).first { $0.name == name }?.number
    }
  }
}

/// The order in which Istio sorts hosts: by creation time, then by name and namespace. The name is the Service's, or the
/// host of a ServiceEntry.
package struct CreationOrder: Comparable, Sendable {
  let creationTime: String
  let name: String
  let namespace: String

  init(_ name: String, in namespace: String, creationTime: String) {
    self.creationTime = creationTime
    self.name = name
    self.namespace = namespace
  }

  package static func < (left: CreationOrder, right: CreationOrder) -> Bool {
    (left.creationTime, left.name, left.namespace) < (right.creationTime, right.name, right.namespace)
  }
}

extension MeshHost {
  init(_ service: Service, in mesh: MeshValues, domain: String) {
    object = service.object
    host = service.host(in: domain)
    labels = service.labels
    ports = service.ports.map {
      MeshPort(name: $0.name, number: $0.number, portProtocol: PortProtocol($0), target: $0.target)
    }
    let annotation = service.annotations[IstioAnnotation.exportTo] ?? ""
    let namespaces = annotation.split(separator: ",").map { $0.trimmingBlanks() }
    exportTo = ExportTo(
      namespaces.isEmpty ? mesh.defaultExports.services : namespaces, in: service.object.namespace)
    creationOrder = CreationOrder(
      service.object.name, in: service.object.namespace, creationTime: service.creationTime)
    externalName = service.externalName
    resolution =
      service.isHeadless ? .originalDestination : service.externalName == nil ? .endpoints : .dns
    isExternal = service.externalName != nil
    endpoints = []
    selector = service.selector
    publishesUnready = service.publishesUnready
    staysOnNode = service.staysOnNode
    if service.isHeadless {
      addresses = .endpoints
    } else if !service.addresses.isEmpty {
      addresses = .own(service.addresses)
    } else {
      addresses = service.externalName != nil ? .none : .pending
    }
  }

  /// One host of a ServiceEntry.
  init(_ entry: ServiceEntry, host: String, in mesh: MeshValues, _ allocation: AddressAllocation) {
    object = entry.object
    self.host = host
    labels = entry.labels
    ports = entry.ports.map {
      MeshPort(
        name: $0.name, number: $0.number, portProtocol: PortProtocol(word: $0.protocolName),
        target: .number($0.target))
    }
    exportTo = ExportTo(
      entry.exportTo.isEmpty ? mesh.defaultExports.services : entry.exportTo, in: entry.object.namespace)
    creationOrder = CreationOrder(host, in: entry.object.namespace, creationTime: entry.creationTime)
    externalName = nil
    resolution = Resolution(entry.resolution)
    isExternal = entry.isExternal
    endpoints = entry.endpoints
    selector = entry.selector
    publishesUnready = false
    staysOnNode = false
    addresses = Addresses(of: entry, host, allocation)
  }
}

extension MeshHost.Addresses {
  /// The addresses of one host of a ServiceEntry.
  fileprivate init(of entry: ServiceEntry, _ host: String, _ allocation: AddressAllocation) {
    let listed = entry.addresses.compactMap { text in CIDR(text) ?? IPAddress(text).map(CIDR.init(host:)) }
    self =
      listed.isEmpty
      ? allocation.addresses(of: host, entry) ?? Self.unaddressed(entry) : .listed(listed)
  }

  /// Returns the listener addresses of a host without an address.
  private static func unaddressed(_ entry: ServiceEntry) -> Self {
    entry.resolution == "NONE" && (entry.selector != nil || !entry.endpoints.isEmpty) ? .endpoints : .none
  }
}

extension MeshHost.Resolution {
  /// Reads the resolution of a ServiceEntry.
  fileprivate init(_ text: String) {
    switch text {
    case "STATIC": self = .endpoints
    case "DNS", "DNS_ROUND_ROBIN": self = .dns
    case "DYNAMIC_DNS": self = .dynamicDNS
    default: self = .originalDestination
    }
  }
}
