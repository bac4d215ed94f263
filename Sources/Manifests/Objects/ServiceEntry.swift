import Intercept

/// A ServiceEntry of Istio's: hosts that the mesh is told of.
struct ServiceEntry: Sendable {
  let object: ObjectName
  let hosts: [String]
  /// Addresses of its own, or blocks of them; those that Istio itself gave are among them.
  let addresses: [String]
  let ports: [EntryPort]
  /// NONE, STATIC, DNS, DNS_ROUND_ROBIN or DYNAMIC_DNS.
  let resolution: String
  let exportTo: [String]
  let creationTime: String
  /// The labels of the workloads that it selects, whose addresses are no addresses of its own.
  let selector: [String: String]?
  /// The addresses of its endpoints; names are left out.
  let endpoints: [IPAddress]

  init(_ node: JSONNode, object: ObjectName, metadata: Metadata) throws(FieldProblem) {
    self.object = object
    let spec = try node.object("spec")
    hosts = try spec?.strings("hosts") ?? []
    var addresses = try spec?.strings("addresses") ?? []
    for given in try node.object("status")?.objects("addresses") ?? [] {
      addresses += try [given.string("value")].compactMap(\.self)
    }
    self.addresses = addresses
    ports = try spec?.objects("ports").map(EntryPort.init) ?? []
    resolution = try spec?["resolution"]?.scalarText() ?? "NONE"
    exportTo = try spec?.strings("exportTo") ?? []
    creationTime = metadata.creationTime
    selector = try spec?.object("workloadSelector")?.texts("labels")
    let endpoints = try spec?.objects("endpoints").map { node throws(FieldProblem) in
      try node.string("address")
    }
    self.endpoints = (endpoints ?? []).compactMap { $0.flatMap { IPAddress($0) } }
  }
}

/// A port of a ServiceEntry's.
struct EntryPort: Sendable {
  let name: String
  let number: Port
  let protocolName: String

  init(_ node: JSONNode) throws(FieldProblem) {
    name = try node.string("name") ?? ""
    number = try node.requiredPort("number")
    protocolName = try node.string("protocol") ?? ""
  }
}
