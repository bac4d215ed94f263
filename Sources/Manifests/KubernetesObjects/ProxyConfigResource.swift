import ManifestText

/// An Istio ProxyConfig: variables of the proxies of a namespace, or of some of its workloads.
package struct ProxyConfigResource: Sendable {
  package let object: ObjectName
  package let creationTime: String
  /// The labels of the workloads; nil selects all of the namespace.
  package let selector: [String: String]?
  package let environmentVariables: [String: String]

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    creationTime = metadata.creationTime
    let spec = try json.object("spec")
    selector = try spec?.object("selector").map { json throws(FieldProblem) in try json.texts("matchLabels") }
    environmentVariables = try spec?.texts("environmentVariables") ?? [:]
  }
}
