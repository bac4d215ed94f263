import ManifestText

/// A ConfigMap of Istio's control plane: the configuration of the mesh (`istio`) or of the injector
/// (`istio-sidecar-injector`), with the revision's name appended to other revisions than the default one.
package struct ConfigMap: Sendable {
  package let object: ObjectName
  /// The MeshConfig, as YAML.
  package let mesh: String?
  /// The Helm values of the injector, as JSON.
  package let values: String?
  /// The injector's configuration, as YAML.
  package let injector: String?

  /// - Returns: nil for other ConfigMaps, whose data is not read.
  init?(_ json: JSONObject, object: ObjectName) throws(FieldProblem) {
    guard object.name == "istio" || object.name.hasPrefix("istio-"), let data = try json.object("data") else {
      return nil
    }
    self.object = object
    mesh = try data.string("mesh")
    values = try data.string("values")
    injector = try data.string("config")
    if mesh == nil, values == nil, injector == nil { return nil }
  }
}
