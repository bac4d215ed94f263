import Intercept

/// A probe of the kubelet's over HTTP; others are not read.
struct Probe: Sendable {
  /// The field it stands in, such as `readinessProbe`.
  let field: String
  let path: String
  let port: NameOrNumber

  static func all(of container: JSONObject) throws(FieldProblem) -> [Probe] {
    var probes: [Probe] = []
    for field in ["startupProbe", "livenessProbe", "readinessProbe"] {
      guard let get = try container.object(field)?.object("httpGet"), let port = try get.nameOrNumber("port")
      else { continue }
      probes.append(Probe(field: field, path: try get.string("path") ?? "/", port: port))
    }
    return probes
  }
}
