package import Intercept
import ManifestText

/// The TLS of connections to a destination. The corresponding Istio type is `ClientTLSSettings_TLSmode`.
package enum ClientTLSMode: String, Hashable, Sendable {
  case disable = "DISABLE"
  case simple = "SIMPLE"
  case mutual = "MUTUAL"
  /// Mutual TLS with the certificates of the mesh.
  case istioMutual = "ISTIO_MUTUAL"
}

/// An Istio DestinationRule, as far as it concerns TLS, subsets and the choice of endpoints.
package struct DestinationRule: Sendable {
  /// A traffic policy.
  package struct Policy: Sendable {
    /// Nil if the policy has no TLS settings.
    package let tls: ClientTLSMode?
    /// The TLS of ports of the Service.
    package let ports: [Port: ClientTLSMode]
    /// True if connections keep their own destination (`loadBalancer.simple: PASSTHROUGH`).
    package let keepsDestination: Bool

    /// Returns the TLS of a port; nil if there are no settings.
    package func tls(_ port: Port) -> ClientTLSMode? { ports[port] ?? tls }
  }

  /// A named part of the endpoints.
  package struct Subset: Sendable {
    package let name: String
    package let labels: [String: String]
    /// Nil to inherit that of the DestinationRule.
    package let policy: Policy?
  }

  package let object: ObjectName
  package let creationTime: String
  package let host: String
  package let exportTo: [String]
  /// The labels of the clients; empty for all.
  package let selector: [String: String]
  package let policy: Policy?
  package let subsets: [Subset]

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    creationTime = metadata.creationTime
    let spec = try json.object("spec")
    host = try spec?.string("host") ?? ""
    exportTo = try spec?.strings("exportTo") ?? []
    selector = try spec?.object("workloadSelector")?.texts("matchLabels") ?? [:]
    policy = try Policy(spec)
    subsets =
      try spec?.objects("subsets").map { subset throws(FieldProblem) in
        Subset(
          name: try subset.string("name") ?? "", labels: try subset.texts("labels"),
          policy: try Policy(subset))
      } ?? []
  }
}

extension DestinationRule.Policy {
  /// Reads the member `trafficPolicy`; nil without one.
  fileprivate init?(_ json: JSONObject?) throws(FieldProblem) {
    guard let policy = try json?.object("trafficPolicy") else { return nil }
    tls = try ClientTLSMode(policy)
    var ports: [Port: ClientTLSMode] = [:]
    for level in try policy.objects("portLevelSettings") {
      guard let number = try level.object("port")?.port("number"), let mode = try ClientTLSMode(level) else {
        continue
      }
      ports[number] = mode
    }
    self.ports = ports
    keepsDestination = try policy.object("loadBalancer")?.scalarText("simple") == "PASSTHROUGH"
  }
}

extension ClientTLSMode {
  /// Reads the member `tls`. Settings without a mode disable TLS, the first value of the enumeration.
  fileprivate init?(_ json: JSONObject) throws(FieldProblem) {
    guard let tls = try json.object("tls") else { return nil }
    self = try tls.scalarText("mode").flatMap(ClientTLSMode.init(rawValue:)) ?? .disable
  }
}
