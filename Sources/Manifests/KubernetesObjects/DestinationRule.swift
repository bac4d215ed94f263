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
  /// The settings of a traffic policy, or of one of its ports.
  package struct Settings: Sendable {
    /// Nil without TLS settings.
    package let tls: ClientTLSMode?
    /// True if connections keep their own destination (`loadBalancer.simple: PASSTHROUGH`); nil without settings of the
    /// load balancer.
    package let keepsDestination: Bool?
  }

  /// A traffic policy.
  package struct Policy: Sendable {
    fileprivate let settings: Settings
    /// The settings of ports of the Service.
    fileprivate let ports: [Port: Settings]
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
    settings = try DestinationRule.Settings(policy)
    var ports: [Port: DestinationRule.Settings] = [:]
    for level in try policy.objects("portLevelSettings") {
      guard let number = try level.object("port")?.port("number"), ports[number] == nil else {
        continue
      }
      ports[number] = try DestinationRule.Settings(level)
    }
    self.ports = ports
  }

  /// Returns the settings of a port's cluster. Those of the port replace the others as a whole.
  ///
  /// - Parameter inherited: the settings of the whole destination, for a subset.
  package func settings(of port: Port, inherited: DestinationRule.Settings? = nil)
    -> DestinationRule.Settings
  {
    ports[port] ?? settings.filled(from: inherited)
  }

  /// Returns the TLS that decides about automatic mutual TLS of a port's endpoints. Other than the cluster's, it is
  /// inherited by ports that have only other settings.
  ///
  /// The corresponding Istio function is `trafficPolicyTLSModeForPort`.
  package func endpointTLS(of port: Port) -> ClientTLSMode? { ports[port]?.tls ?? settings.tls }
}

extension DestinationRule.Settings {
  fileprivate init(_ json: JSONObject) throws(FieldProblem) {
    tls = try ClientTLSMode(json)
    keepsDestination = try json.object("loadBalancer").map { json throws(FieldProblem) in
      try json.scalarText("simple") == "PASSTHROUGH"
    }
  }

  fileprivate func filled(from other: Self?) -> Self {
    Self(tls: tls ?? other?.tls, keepsDestination: keepsDestination ?? other?.keepsDestination)
  }
}

extension ClientTLSMode {
  /// Reads the member `tls`. Settings without a mode disable TLS, the first value of the enumeration.
  fileprivate init?(_ json: JSONObject) throws(FieldProblem) {
    guard let tls = try json.object("tls") else { return nil }
    self = try tls.scalarText("mode").flatMap(ClientTLSMode.init(rawValue:)) ?? .disable
  }
}
