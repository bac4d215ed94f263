import Manifests

extension Error {
  /// The fault of a text in JSON or YAML, in one line.
  package var inputReason: String {
    switch self {
    case let problem as FieldProblem: problem.reason
    case let error as ManifestError: error.line.map { "line \($0): \(error)" } ?? "\(error)"
    default: "\(self)"
    }
  }
}

extension FieldProblem {
  /// The path, the fault and the line.
  fileprivate var reason: String {
    let place = path.fromTop
    return "\(place.isEmpty ? "the text" : place) \(text) (line \(path.line))"
  }
}
