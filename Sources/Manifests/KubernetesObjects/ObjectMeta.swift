import Intercept
import ManifestText

/// Kind, namespace and name of an object: `Service app/web`.
public struct ObjectName: Hashable, Sendable, CustomStringConvertible {
  public let kind: String
  public let namespace: String
  public let name: String

  package init(kind: String, namespace: String, name: String) {
    self.kind = kind
    self.namespace = namespace
    self.name = name
  }

  /// - Parameter path: namespace and name, `app/web`.
  package init(kind: String, path: String) {
    let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    self.init(kind: kind, namespace: parts.count > 1 ? parts[0] : "default", name: parts.last ?? "")
  }

  /// Namespace and name, `app/web`, as kubectl and Istio write them.
  public var path: String { "\(namespace)/\(name)" }

  public var description: String { "\(kind) \(path)" }
}

extension ObjectName: Comparable {
  public static func < (left: ObjectName, right: ObjectName) -> Bool {
    (left.namespace, left.name, left.kind) < (right.namespace, right.name, right.kind)
  }
}

extension ObjectName {
  /// The name of an object whose other fields may be invalid.
  init(kind: String, of object: JSONObject) {
    let metadata = try? object.object("metadata")
    func text(_ name: String) -> String? { (try? metadata?.string(name))?.asName }
    self.init(
      kind: kind, namespace: text("namespace") ?? "default",
      name: text("name") ?? text("generateName") ?? "(no name)")
  }
}

/// The metadata of an object. The corresponding Kubernetes type is `ObjectMeta`.
struct ObjectMeta: Sendable {
  let name: String
  /// `default` if the object has none.
  let namespace: String
  let labels: [String: String]
  /// Istio's annotations except the injector's status, and OpenShift's; the others are not read, because they can be
  /// long.
  let annotations: [String: String]
  /// True if the injector has recorded its status.
  let hasInjectionStatus: Bool
  /// The creation time in RFC 3339, which sorts as text; empty if the object has not been created.
  let creationTime: String
  /// True if the object is being deleted.
  let isDeleted: Bool
  /// The controller that created the object: `ReplicaSet web-5d4f`.
  let controller: String?

  init(_ object: JSONObject) throws(FieldProblem) {
    let metadata = try object.object("metadata")
    let prefix = try metadata?.string("generateName")
    name = try metadata?.string("name").flatMap(\.asName) ?? prefix.flatMap(\.asName) ?? "(no name)"
    namespace = try metadata?.string("namespace").flatMap(\.asName) ?? "default"
    labels = try metadata?.texts("labels") ?? [:]
    creationTime = try metadata?.string("creationTimestamp") ?? ""
    isDeleted = try metadata?.string("deletionTimestamp") != nil
    let annotations = try metadata?.object("annotations")
    self.annotations = try annotations?.texts(where: Self.isRead) ?? [:]
    hasInjectionStatus = annotations?.has(IstioAnnotation.status) ?? false
    let owners = try metadata?.objects("ownerReferences") ?? []
    controller = try owners.first.map { owner throws(FieldProblem) in
      "\(try owner.string("kind") ?? "") \(try owner.string("name") ?? "")".onOneLine
    }
  }

  private static func isRead(_ annotation: String) -> Bool {
    let domain = annotation.utf8.prefix { $0 != UInt8(ascii: "/") }
    return domain.suffix(8).elementsEqual("istio.io".utf8) && annotation != IstioAnnotation.status
      || domain.elementsEqual(OpenShiftAnnotation.domain.utf8)
  }
}

extension String {
  /// The text as a printable name, with control characters escaped; nil if it is empty.
  fileprivate var asName: String? { isEmpty ? nil : onOneLine }
}
