import Intercept

/// What is wrong with a manifest: one line that names the place and says what would be right.
public struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }

  static let noJSON = ManifestError("this is no valid JSON; have kubectl print it with -o json")

  init(_ problem: FieldProblem, in object: ObjectName, at root: JSONPath) {
    let path = problem.path.from(root)
    self.init(path.isEmpty ? "\(object): \(problem.text)" : "\(object): \(path.onOneLine): \(problem.text)")
  }
}
