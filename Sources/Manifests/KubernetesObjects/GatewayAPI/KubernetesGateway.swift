package import Intercept
import ManifestText

/// A Gateway of the Gateway API.
package struct KubernetesGateway: Sendable {
  package let object: ObjectName
  package let labels: [String: String]
  /// The name of its GatewayClass.
  package let className: String
  package let creationTime: String
  /// The host names of the Services that it uses; nil if Istio makes a Service for it.
  package let services: [String]?
  package let listeners: [KubernetesListener]
  /// The namespaces whose ListenerSets add listeners; nil for none.
  package let listenerSetNamespaces: KubernetesListener.RouteNamespaces?

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    labels = metadata.labels
    creationTime = metadata.creationTime
    let spec = try json.object("spec")
    className = try spec?.string("gatewayClassName") ?? ""
    let addresses = try spec?.objects("addresses") ?? []
    var hostNames: [String] = []
    for address in addresses where try address.string("type") ?? "IPAddress" == "Hostname" {
      hostNames.append(try address.string("value") ?? "")
    }
    services = addresses.isEmpty || addresses.count == 1 && hostNames.isEmpty ? nil : hostNames
    listeners = try spec?.objects("listeners").map(KubernetesListener.init) ?? []
    listenerSetNamespaces = try spec?.object("allowedListeners")?.object("namespaces").flatMap {
      namespaces throws(FieldProblem) in
      try namespaces.string("from") ?? "None" == "None" ? nil : .init(namespaces)
    }
  }
}

/// One listener of a Gateway.
package struct KubernetesListener: Sendable {
  /// The namespaces whose routes the listener takes.
  package enum RouteNamespaces: Sendable {
    case same, all
    case selected(LabelSelector)
  }

  package let name: String
  /// A host name or a pattern; nil for every host.
  package let hostname: String?
  package let port: Port
  package let protocolName: String
  /// The mode of TLS, in Istio's words; nil without TLS.
  package let tlsMode: String?
  package let namespaces: RouteNamespaces
  /// The kinds of routes that it takes; empty for those of its protocol.
  package let routeKinds: [String]

  init(_ json: JSONObject) throws(FieldProblem) {
    name = try json.string("name") ?? ""
    hostname = try json.string("hostname")
    protocolName = try json.string("protocol") ?? ""
    if let port = try json.port("port") ?? Self.defaultPorts[protocolName] {
      self.port = port
    } else {
      port = try json.requiredPort("port")
    }
    tlsMode = try json.object("tls").map { tls throws(FieldProblem) in
      let options = try tls.texts("options")
      return try tls.string("mode") == "Passthrough"
        ? "PASSTHROUGH" : options["gateway.istio.io/tls-terminate-mode"] ?? "SIMPLE"
    }
    let allowed = try json.object("allowedRoutes")
    namespaces = try RouteNamespaces(allowed?.object("namespaces"))
    routeKinds =
      try allowed?.objects("kinds").map { kind throws(FieldProblem) in
        try kind.string("kind") ?? ""
      } ?? []
  }
}

extension KubernetesListener {
  /// The ports of listeners of ListenerSets that name none.
  private static let defaultPorts: [String: Port] = ["HTTP": 80, "HTTPS": 443]
}

extension KubernetesListener.RouteNamespaces {
  fileprivate init(_ json: JSONObject?) throws(FieldProblem) {
    switch try json?.string("from") ?? "Same" {
    case "All": self = .all
    case "Selector":
      self =
        try json?.object("selector").map { json throws(FieldProblem) in .selected(try LabelSelector(json)) }
        ?? .all
    default: self = .same
    }
  }
}
