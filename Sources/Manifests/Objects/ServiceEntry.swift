import Intercept

/// A ServiceEntry of Istio's: hosts that the mesh is told of.
struct ServiceEntry: Sendable {
  let object: ObjectName
  let hosts: [String]
  /// Addresses of its own, or blocks of them.
  let addresses: [String]
  /// Those that Istio gave to its hosts.
  let allocated: [Allocation]
  let ports: [EntryPort]
  /// NONE, STATIC, DNS, DNS_ROUND_ROBIN or DYNAMIC_DNS.
  let resolution: String
  let exportTo: [String]
  let creationTime: String
  /// The labels of the workloads that it selects, whose addresses are no addresses of its own.
  let selector: [String: String]?
  /// The addresses of its endpoints; names are left out.
  let endpoints: [IPAddress]

  init(_ node: JSONObject, object: ObjectName, metadata: Metadata) throws(FieldProblem) {
    self.object = object
    let spec = try node.object("spec")
    hosts = try spec?.strings("hosts") ?? []
    addresses = try spec?.strings("addresses") ?? []
    let given = try node.object("status")?.objects("addresses").map(Allocation.init)
    allocated = (given ?? []).compactMap(\.self)
    ports = try spec?.objects("ports").map(EntryPort.init) ?? []
    resolution = try spec?.scalarText("resolution") ?? "NONE"
    exportTo = try spec?.strings("exportTo") ?? []
    creationTime = metadata.creationTime
    selector = try spec?.object("workloadSelector")?.texts("labels")
    let endpoints = try spec?.objects("endpoints").map { node throws(FieldProblem) in
      try node.string("address")
    }
    self.endpoints = (endpoints ?? []).compactMap { $0.flatMap { IPAddress($0) } }
  }
}

/// An address that Istio gave to a host without one. Only proxies that answer DNS questions for it know that.
struct Allocation: Sendable {
  /// nil where nobody says which of the hosts has it.
  let host: String?
  let address: IPAddress

  init?(_ node: JSONObject) throws(FieldProblem) {
    host = try node.string("host")
    guard let text = try node.string("value"), let address = IPAddress(text) else { return nil }
    self.address = address
  }
}

/// A port of a ServiceEntry's.
struct EntryPort: Sendable {
  let name: String
  let number: Port
  let protocolName: String

  init(_ node: JSONObject) throws(FieldProblem) {
    name = try node.string("name") ?? ""
    number = try node.requiredPort("number")
    protocolName = try node.string("protocol") ?? ""
  }
}
