import Intercept

/// The part of an object's metadata that matters here.
struct Metadata: Sendable {
  let name: String
  /// `default` where none is given.
  let namespace: String
  let labels: [String: String]
  /// Istio's annotations alone: others can be long, and nobody here reads them. Nor does anybody what the injector
  /// notes down for itself.
  let annotations: [String: String]
  /// Whether the injector has noted down what it did.
  let hasInjectionStatus: Bool
  /// When the object came to be, in RFC 3339, which sorts as text; empty before it has.
  let creationTime: String
  /// The controller that made the object, if one did: `ReplicaSet web-5d4f`.
  let controller: String?

  init(_ object: JSONObject) throws(FieldProblem) {
    let metadata = try object.object("metadata")
    let prefix = try metadata?.string("generateName")
    name = try metadata?.string("name").flatMap(\.asName) ?? prefix.flatMap(\.asName) ?? "(no name)"
    namespace = try metadata?.string("namespace").flatMap(\.asName) ?? "default"
    labels = try metadata?.texts("labels") ?? [:]
    creationTime = try metadata?.string("creationTimestamp") ?? ""
    let annotations = try metadata?.object("annotations")
    self.annotations = try annotations?.texts(where: Self.isRead) ?? [:]
    hasInjectionStatus = annotations?.has(Self.injectionStatus) ?? false
    let owners = try metadata?.objects("ownerReferences") ?? []
    controller = try owners.first.map { owner throws(FieldProblem) in
      "\(try owner.string("kind") ?? "") \(try owner.string("name") ?? "")".onOneLine
    }
  }

  private static let injectionStatus = "sidecar.istio.io/status"

  private static func isRead(_ annotation: String) -> Bool {
    let domain = annotation.utf8.prefix { $0 != UInt8(ascii: "/") }
    return domain.suffix(8).elementsEqual("istio.io".utf8) && annotation != injectionStatus
  }
}

extension ObjectName {
  /// What an object is called as far as it says, whatever is wrong with it.
  init(kind: String, of object: JSONObject) {
    let metadata = try? object.object("metadata")
    func text(_ name: String) -> String? { (try? metadata?.string(name))?.asName }
    self.init(
      kind: kind, namespace: text("namespace") ?? "default",
      name: text("name") ?? text("generateName") ?? "(no name)")
  }
}

extension String {
  /// A name to print; what is not fit for a terminal is spelled out. nil for an empty one.
  fileprivate var asName: String? { isEmpty ? nil : onOneLine }
}
