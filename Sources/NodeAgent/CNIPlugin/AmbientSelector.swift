import JSONText

/// A selector of pods in an ambient mesh: an item of `enablement_selectors`.
///
/// The corresponding Kubernetes type is `LabelSelector`, once for the pod's labels and once for the namespace's.
public struct AmbientSelector: Sendable {
  private let pod: [Requirement]
  private let namespace: [Requirement]

  /// A condition on one label.
  private enum Requirement: Sendable {
    case isIn(String, [String])
    case isNotIn(String, [String])
    case exists(String)
    case isAbsent(String)
  }

  init(_ object: JSONObject) throws {
    pod = try Self.requirements(try object.object("podSelector"))
    namespace = try Self.requirements(try object.object("namespaceSelector"))
  }

  private static func requirements(_ selector: JSONObject?) throws -> [Requirement] {
    guard let selector else { return [] }
    let labels = try selector.texts("matchLabels").map { Requirement.isIn($0.key, [$0.value]) }
    return try labels + selector.objects("matchExpressions").map(requirement)
  }

  private static func requirement(_ object: JSONObject) throws -> Requirement {
    let key = try object.string("key") ?? ""
    let values = try object.strings("values")
    switch try object.string("operator") {
    case "In": return .isIn(key, values)
    case "NotIn": return .isNotIn(key, values)
    case "Exists": return .exists(key)
    case "DoesNotExist": return .isAbsent(key)
    default: throw object.wrong("operator", "In, NotIn, Exists or DoesNotExist")
    }
  }

  /// Returns true if a pod with these labels, in a namespace with those, is in the ambient mesh.
  public func selects(_ labels: [String: String], in namespaceLabels: [String: String]) -> Bool {
    pod.allSatisfy { Self.holds($0, labels) } && namespace.allSatisfy { Self.holds($0, namespaceLabels) }
  }

  private static func holds(_ requirement: Requirement, _ labels: [String: String]) -> Bool {
    switch requirement {
    case .isIn(let key, let values): labels[key].map(values.contains) ?? false
    case .isNotIn(let key, let values): labels[key].map { !values.contains($0) } ?? true
    case .exists(let key): labels[key] != nil
    case .isAbsent(let key): labels[key] == nil
    }
  }
}
