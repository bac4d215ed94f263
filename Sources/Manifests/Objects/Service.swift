import Intercept

/// A Service of Kubernetes'.
struct Service: Sendable {
  let object: ObjectName
  let annotations: [String: String]
  let creationTime: String
  let ports: [ServicePort]
  let selector: [String: String]
  /// The addresses of its own; none for a headless or an ExternalName one.
  let addresses: [IPAddress]
  let isHeadless: Bool
  /// The name that an ExternalName Service stands for.
  let externalName: String?

  init(_ node: JSONObject, object: ObjectName, metadata: Metadata) throws(FieldProblem) {
    self.object = object
    annotations = metadata.annotations
    creationTime = metadata.creationTime
    let spec = try node.object("spec")
    ports = try spec?.objects("ports").map(ServicePort.init) ?? []
    selector = try spec?.texts("selector") ?? [:]
    let clusterIP = try spec?.string("clusterIP") ?? ""
    isHeadless = clusterIP == "None"
    let all = try spec?.strings("clusterIPs") ?? []
    addresses = (all.isEmpty ? [clusterIP] : all).compactMap { IPAddress($0) }
    let target = try spec?.string("externalName") ?? ""
    externalName = try spec?.string("type") == "ExternalName" && !target.isEmpty ? target.onOneLine : nil
  }

  /// The name the mesh knows it by.
  func host(in domain: String) -> String { "\(object.name).\(object.namespace).svc.\(domain)" }
}

/// A port of a Service's.
struct ServicePort: Sendable {
  let name: String
  let number: Port
  /// Where on the pod it leads; the same number where nothing is said.
  let target: NameOrNumber
  /// TCP where nothing is said.
  let transport: String
  let appProtocol: String?

  init(_ node: JSONObject) throws(FieldProblem) {
    name = try node.string("name") ?? ""
    number = try node.requiredPort("port")
    target = try node.nameOrNumber("targetPort") ?? .number(number)
    transport = try node.string("protocol") ?? "TCP"
    appProtocol = try node.string("appProtocol")
  }
}
