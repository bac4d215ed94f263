package import Intercept
import ManifestText

/// A Kubernetes Service.
package struct Service: Sendable {
  package let object: ObjectName
  package let annotations: [String: String]
  package let labels: [String: String]
  package let creationTime: String
  package let ports: [ServicePort]
  package let selector: [String: String]
  /// The cluster IPs; empty for headless and ExternalName Services.
  package let addresses: [IPAddress]
  package let isHeadless: Bool
  /// The target of an ExternalName Service.
  package let externalName: String?
  /// True if pods are endpoints before they are ready (`publishNotReadyAddresses`).
  package let publishesUnready: Bool
  /// True if connections go only to endpoints on the client's node (`internalTrafficPolicy: Local`).
  package let staysOnNode: Bool

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    annotations = metadata.annotations
    labels = metadata.labels
    creationTime = metadata.creationTime
    let spec = try json.object("spec")
    ports = try spec?.objects("ports").map(ServicePort.init) ?? []
    selector = try spec?.texts("selector") ?? [:]
    let clusterIP = try spec?.string("clusterIP") ?? ""
    isHeadless = clusterIP == "None"
    let all = try spec?.strings("clusterIPs") ?? []
    addresses = (all.isEmpty ? [clusterIP] : all).compactMap { IPAddress($0) }
    let target = try spec?.string("externalName") ?? ""
    externalName =
      try spec?.string("type") == "ExternalName" && !target.isEmpty ? target.onOneLine : nil
    publishesUnready = try spec?.bool("publishNotReadyAddresses") ?? false
    staysOnNode = try spec?.string("internalTrafficPolicy") == "Local"
  }

  /// True if a Gateway of the Gateway API has the Service: a gateway's or a waypoint's.
  package var belongsToKubernetesGateway: Bool {
    labels[IstioLabel.gatewayName] != nil || selector[IstioLabel.gatewayName] != nil
      || labels[IstioLabel.managedGateway] != nil
  }

  /// Returns the Service's host name in the mesh.
  package func host(in domain: String) -> String { "\(object.name).\(object.namespace).svc.\(domain)" }
}

/// A port of a Service.
package struct ServicePort: Sendable {
  package let name: String
  package let number: Port
  /// The port of the pods; the Service's own number by default.
  package let target: IntOrString
  /// `TCP` if the manifest names none.
  package let transport: String
  package let appProtocol: String?

  init(_ json: JSONObject) throws(FieldProblem) {
    name = try json.string("name") ?? ""
    number = try json.requiredPort("port")
    target = try json.intOrString("targetPort") ?? .number(number)
    transport = try json.string("protocol") ?? "TCP"
    appProtocol = try json.string("appProtocol")
  }
}

/// A port by number, or by the name that a container gives it. The corresponding Kubernetes type is `IntOrString`.
package enum IntOrString: Hashable, Sendable {
  case number(Port)
  case name(String)
}

extension JSONObject {
  func intOrString(_ name: String) throws(FieldProblem) -> IntOrString? {
    switch value(name) {
    case nil, .null: return nil
    case .string(let text): return Port(text).map { .number($0) } ?? .name(text)
    case .bool, .whole, .number, .list, .object:
      return try number(name, 0...UInt16.max).map { .number(Port(rawValue: $0)) }
    }
  }

  func port(_ name: String) throws(FieldProblem) -> Port? {
    try number(name, 1...UInt16.max).map(Port.init(rawValue:))
  }

  func requiredPort(_ name: String) throws(FieldProblem) -> Port {
    guard let port = try port(name) else {
      throw FieldProblem(at: path.member(name), "is missing; give a port from 1 to 65535")
    }
    return port
  }
}
