import ManifestText

/// A ReferenceGrant of the Gateway API: objects of its namespace that objects of other namespaces may refer to.
package struct ReferenceGrant: Sendable {
  private let namespace: String
  /// The kind and the namespace of objects that may refer.
  private let from: [[String]]
  /// The kind of objects that they may refer to, and the name; an empty name for all.
  private let to: [[String]]

  init(_ json: JSONObject, object: ObjectName) throws(FieldProblem) {
    namespace = object.namespace
    let spec = try json.object("spec")
    from =
      try spec?.objects("from").map { from throws(FieldProblem) in
        [try from.string("kind") ?? "", try from.string("namespace") ?? ""]
      } ?? []
    to =
      try spec?.objects("to").map { to throws(FieldProblem) in
        [try to.string("kind") ?? "", try to.string("name") ?? ""]
      } ?? []
  }

  /// Returns true if an object may refer to another.
  package func allows(_ source: ObjectName, _ target: ObjectName) -> Bool {
    target.namespace == namespace && from.contains([source.kind, source.namespace])
      && (to.contains([target.kind, ""]) || to.contains([target.kind, target.name]))
  }
}
