/// A manifest that cannot be read: one line that names the object and the field and states what is accepted.
public struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  package init(_ description: String) {
    self.description = description
  }

  package static let notJSON = ManifestError("not valid JSON; print the objects with kubectl get -o json")
}

extension [String] {
  /// The texts as an enumeration: `a, b and c`; of more than six the first five and the number of the others.
  package var sentence: String {
    guard let last, count > 1 else { return first ?? "none" }
    guard count > 6 else { return dropLast().joined(separator: ", ") + " and " + last }
    return prefix(5).joined(separator: ", ") + " and \(count - 5) more"
  }
}
