package import Intercept
import ManifestText

/// An Istio Sidecar: limits the hosts visible to the workloads of a namespace, or to some of them.
package struct Sidecar: Sendable {
  /// An egress listener. The corresponding Istio type is `IstioEgressListener`.
  package struct EgressListener: Sendable {
    /// The hosts, as `namespace/host`.
    package let hosts: [String]
    /// The only port it serves; nil for all.
    package let port: Port?
  }

  package let object: ObjectName
  package let creationTime: String
  /// The labels of the workloads; empty selects all of the namespace.
  package let selector: [String: String]
  /// Empty if the Sidecar has none, which makes every host visible.
  package let egress: [EgressListener]

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    creationTime = metadata.creationTime
    let spec = try json.object("spec")
    selector = try spec?.object("workloadSelector")?.texts("labels") ?? [:]
    egress =
      try spec?.objects("egress").map { listener throws(FieldProblem) in
        EgressListener(
          hosts: try listener.strings("hosts"), port: try listener.object("port")?.port("number"))
      } ?? []
  }
}
