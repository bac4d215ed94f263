package import Intercept
import ManifestText

/// An Istio ServiceEntry: hosts added to the mesh's registry.
package struct ServiceEntry: Sendable {
  package let object: ObjectName
  package let labels: [String: String]
  package let hosts: [String]
  /// Addresses and CIDR blocks.
  package let addresses: [String]
  /// The auto-allocated addresses in the status.
  package let allocated: [AllocatedAddress]
  package let ports: [ServiceEntryPort]
  /// NONE, STATIC, DNS, DNS_ROUND_ROBIN or DYNAMIC_DNS.
  package let resolution: String
  package let exportTo: [String]
  package let creationTime: String
  /// The labels of the workloads that are its endpoints.
  package let selector: [String: String]?
  /// True if the object disables the allocation of addresses by a label.
  package let refusesAllocation: Bool
  package let endpoints: [WorkloadEndpoint]
  /// True if the hosts are outside the mesh, which is the default.
  package let isExternal: Bool

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    let spec = try json.object("spec")
    labels = metadata.labels
    hosts = try spec?.strings("hosts") ?? []
    addresses = try spec?.strings("addresses") ?? []
    let allocated = try json.object("status")?.objects("addresses").map(AllocatedAddress.init)
    self.allocated = (allocated ?? []).compactMap(\.self)
    ports = try spec?.objects("ports").map(ServiceEntryPort.init) ?? []
    resolution = try spec?.scalarText("resolution") ?? "NONE"
    exportTo = try spec?.strings("exportTo") ?? []
    creationTime = metadata.creationTime
    refusesAllocation = metadata.labels[IstioLabel.autoAllocateIP] == "false"
    selector = try spec?.object("workloadSelector")?.texts("labels")
    isExternal = try spec?.scalarText("location") != "MESH_INTERNAL"
    endpoints =
      try spec?.objects("endpoints").map { endpoint throws(FieldProblem) in try WorkloadEndpoint(endpoint) }
      ?? []
  }
}

/// An address that Istio allocated to a host without one. Only proxies that answer DNS queries have listeners for it.
package struct AllocatedAddress: Sendable {
  /// The host; nil if the status does not name it.
  package let host: String?
  package let address: IPAddress

  init?(_ json: JSONObject) throws(FieldProblem) {
    host = try json.string("host")
    guard let text = try json.string("value"), let address = IPAddress(text) else { return nil }
    self.address = address
  }
}

/// A port of a ServiceEntry.
package struct ServiceEntryPort: Sendable {
  package let name: String
  package let number: Port
  package let protocolName: String
  /// The port of the endpoints.
  package let target: Port

  init(_ json: JSONObject) throws(FieldProblem) {
    name = try json.string("name") ?? ""
    number = try json.requiredPort("number")
    protocolName = try json.string("protocol") ?? ""
    target = try json.port("targetPort") ?? number
  }
}
