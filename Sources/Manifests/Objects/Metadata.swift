import Intercept

/// The part of an object's metadata that matters here.
struct Metadata: Sendable {
  let name: String
  /// `default` where none is given.
  let namespace: String
  let labels: [String: String]
  /// Istio's annotations alone: others can be long, and nobody here reads them.
  let annotations: [String: String]
  /// When the object came to be, in RFC 3339, which sorts as text; empty before it has.
  let creationTime: String
  /// The controller that made the object, if one did: `ReplicaSet web-5d4f`.
  let controller: String?

  init(_ object: JSONNode) throws(FieldProblem) {
    let metadata = try object.object("metadata")
    let prefix = try metadata?.string("generateName")
    name = try metadata?.string("name").flatMap(\.asName) ?? prefix.flatMap(\.asName) ?? "(no name)"
    namespace = try metadata?.string("namespace").flatMap(\.asName) ?? "default"
    labels = try metadata?.texts("labels") ?? [:]
    creationTime = try metadata?.string("creationTimestamp") ?? ""
    var annotations: [String: String] = [:]
    let all = try metadata?.object("annotations")
    for (name, value) in all?.members(where: { $0.contains("istio.io/") }) ?? [] {
      annotations[name] = try value.string()
    }
    self.annotations = annotations
    let owners = try metadata?.objects("ownerReferences") ?? []
    controller = try owners.first.map { owner throws(FieldProblem) in
      "\(try owner.string("kind") ?? "") \(try owner.string("name") ?? "")".onOneLine
    }
  }
}

extension ObjectName {
  /// What an object is called as far as it says, whatever else may be wrong with it.
  init(kind: String, of object: JSONNode) {
    let metadata = object["metadata"]
    let name = (metadata?["name"] ?? metadata?["generateName"])?.text
    self.init(
      kind: kind, namespace: metadata?["namespace"]?.text.flatMap(\.asName) ?? "default",
      name: name.flatMap(\.asName) ?? "(no name)")
  }
}

extension String {
  /// A name to print; what is not fit for a terminal is spelled out. nil for an empty one.
  fileprivate var asName: String? { isEmpty ? nil : onOneLine }
}
