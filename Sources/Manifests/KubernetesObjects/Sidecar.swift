package import Intercept
import ManifestText

/// An Istio Sidecar: the listeners of the workloads of a namespace, or of some of them.
package struct Sidecar: Sendable {
  /// A listener for outgoing connections. The corresponding Istio type is `IstioEgressListener`.
  package struct EgressListener: Sendable {
    /// The hosts, as `namespace/host`.
    package let hosts: [String]
    /// The only port it serves; nil for all.
    package let port: SidecarPort?
    /// The address that replaces those of the hosts; empty for none.
    package let bind: String
    /// True if the listener binds to its port, because connections are not redirected to it (`captureMode: NONE`).
    package let isNotCaptured: Bool

    /// A listener for all ports of some hosts.
    package init(hosts: [String]) {
      self.hosts = hosts
      port = nil
      bind = ""
      isNotCaptured = false
    }
  }

  /// A listener for incoming connections. The corresponding Istio type is `IstioIngressListener`.
  package struct IngressListener: Sendable {
    package let port: SidecarPort
    /// The address it binds to; empty for all.
    package let bind: String
    /// Nil for the mode of the proxy.
    package let isNotCaptured: Bool?
    /// The address of the app: `127.0.0.1:8080`, `0.0.0.0:8080` for that of the pod, or `unix://` and a path. Empty for
    /// the original destination.
    package let defaultEndpoint: String
  }

  package let object: ObjectName
  package let creationTime: String
  /// The labels of the workloads; empty selects all of the namespace.
  package let selector: [String: String]
  /// Empty if the Sidecar has none, which makes every host visible.
  package let egress: [EgressListener]
  /// Empty if the Sidecar has none: the listeners are those of the Services.
  package let ingress: [IngressListener]
  /// The mode of `outboundTrafficPolicy`; nil for the mesh's setting.
  package let outboundPolicy: String?

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    creationTime = metadata.creationTime
    let spec = try json.object("spec")
    selector = try spec?.object("workloadSelector")?.texts("labels") ?? [:]
    egress = try spec?.objects("egress").map(EgressListener.init) ?? []
    let ingress = try spec?.objects("ingress").map(IngressListener.init)
    self.ingress = (ingress ?? []).compactMap(\.self)
    // The first value of the enumeration, and so its default, is REGISTRY_ONLY.
    outboundPolicy = try spec?.object("outboundTrafficPolicy").map { policy throws(FieldProblem) in
      try policy.scalarText("mode") ?? "REGISTRY_ONLY"
    }
  }
}

/// A port of a Sidecar's listener.
package struct SidecarPort: Sendable {
  package let number: Port
  package let protocolName: String

  init(_ json: JSONObject) throws(FieldProblem) {
    number = try json.requiredPort("number")
    protocolName = try json.string("protocol") ?? ""
  }
}

extension Sidecar.EgressListener {
  init(_ json: JSONObject) throws(FieldProblem) {
    hosts = try json.strings("hosts")
    let port = try json.object("port")
    self.port = try port.flatMap { port throws(FieldProblem) in
      port.has("number") ? try SidecarPort(port) : nil
    }
    bind = try json.string("bind") ?? ""
    isNotCaptured = try json.scalarText("captureMode") == "NONE"
  }
}

extension Sidecar.IngressListener {
  init?(_ json: JSONObject) throws(FieldProblem) {
    guard let port = try json.object("port") else { return nil }
    self.port = try SidecarPort(port)
    bind = try json.string("bind") ?? ""
    let mode = try json.scalarText("captureMode") ?? "DEFAULT"
    isNotCaptured = mode == "DEFAULT" ? nil : mode == "NONE"
    defaultEndpoint = try json.string("defaultEndpoint") ?? ""
  }
}
