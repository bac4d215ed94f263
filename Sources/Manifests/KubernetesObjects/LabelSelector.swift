package import ManifestText

/// A selector of objects by labels. The corresponding Kubernetes type is `LabelSelector`.
package struct LabelSelector: Equatable, Sendable {
  /// A condition on one label. The corresponding Kubernetes type is `LabelSelectorRequirement`.
  private struct Requirement: Equatable, Sendable {
    let key: String
    let condition: String
    let values: [String]

    func isSatisfied(by value: String?) -> Bool {
      switch condition {
      case "In": value.map(values.contains) ?? false
      case "NotIn": value.map { !values.contains($0) } ?? true
      case "Exists": value != nil
      case "DoesNotExist": value == nil
      default: false
      }
    }
  }

  private let requirements: [Requirement]

  /// True without a requirement.
  package var isEmpty: Bool { requirements.isEmpty }

  package init(_ json: JSONObject) throws(FieldProblem) {
    let labels = try json.texts("matchLabels").map { Requirement(key: $0, condition: "In", values: [$1]) }
    requirements =
      try labels
      + json.objects("matchExpressions").map { json throws(FieldProblem) in
        Requirement(
          key: try json.string("key") ?? "", condition: try json.string("operator") ?? "",
          values: try json.strings("values"))
      }
  }

  /// Returns true if the labels satisfy every requirement; an empty selector selects nothing.
  package func selects(_ labels: [String: String]) -> Bool {
    !requirements.isEmpty && requirements.allSatisfy { $0.isSatisfied(by: labels[$0.key]) }
  }
}
