package import Intercept
import ManifestText

/// The mutual TLS that a proxy accepts on a port. The corresponding Istio type is `PeerAuthentication_MutualTLS_Mode`.
package enum MutualTLSMode: String, Hashable, Sendable {
  /// Plain text only.
  case disable = "DISABLE"
  /// Plain text and mutual TLS.
  case permissive = "PERMISSIVE"
  /// Mutual TLS only.
  case strict = "STRICT"
}

/// An Istio PeerAuthentication: the mutual TLS that proxies accept.
package struct PeerAuthentication: Sendable {
  package let object: ObjectName
  package let creationTime: String
  /// The labels of the workloads; empty for all of the namespace.
  package let selector: [String: String]
  /// The mode; nil to inherit it.
  package let mode: MutualTLSMode?
  /// The modes of ports of the pod; nil to inherit that of the workload.
  package let ports: [Port: MutualTLSMode?]

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    creationTime = metadata.creationTime
    let spec = try json.object("spec")
    selector = try spec?.object("selector")?.texts("matchLabels") ?? [:]
    mode = try MutualTLSMode(spec?.object("mtls"))
    var ports: [Port: MutualTLSMode?] = [:]
    let levels = try spec?.object("portLevelMtls")
    for name in levels?.names ?? [] {
      guard let port = Port(name) else { continue }
      ports[port] = .some(try MutualTLSMode(levels?.object(name)))
    }
    self.ports = ports
  }
}

extension MutualTLSMode {
  /// Reads `mode`; nil for UNSET, which inherits.
  fileprivate init?(_ json: JSONObject?) throws(FieldProblem) {
    guard let text = try json?.scalarText("mode"), let mode = MutualTLSMode(rawValue: text) else {
      return nil
    }
    self = mode
  }
}
