import Intercept

/// What is wrong with a manifest: one line that names the place and says what would be right.
public struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }

  init(_ problem: FieldProblem, in object: ObjectName, at root: JSONNode) {
    let path = root.path(to: problem.path)
    self.init(path.isEmpty ? "\(object): \(problem.text)" : "\(object): \(path.onOneLine): \(problem.text)")
  }
}
