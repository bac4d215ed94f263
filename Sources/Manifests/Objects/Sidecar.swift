import Intercept

/// A Sidecar of Istio's: what the proxies of a namespace, or of some workloads in it, are told of.
struct Sidecar: Sendable {
  /// An egress listener: the hosts it serves, as `namespace/host`, and its port if it is for one alone.
  struct Egress: Sendable {
    let hosts: [String]
    let port: Port?
  }

  let object: ObjectName
  let creationTime: String
  /// Labels of the workloads it is for; none means every one in the namespace.
  let selector: [String: String]
  /// Empty where nothing is said, which means that everything is seen.
  let egress: [Egress]

  init(_ node: JSONObject, object: ObjectName, metadata: Metadata) throws(FieldProblem) {
    self.object = object
    creationTime = metadata.creationTime
    let spec = try node.object("spec")
    selector = try spec?.object("workloadSelector")?.texts("labels") ?? [:]
    egress =
      try spec?.objects("egress").map { egress throws(FieldProblem) in
        Egress(hosts: try egress.strings("hosts"), port: try egress.object("port")?.port("number"))
      } ?? []
  }
}
