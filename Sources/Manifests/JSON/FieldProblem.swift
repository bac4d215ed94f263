/// A field that is not what it must be.
struct FieldProblem: Error {
  let path: JSONPath
  let text: String

  init(at path: JSONPath, _ text: String) {
    self.path = path
    self.text = text
  }

  /// - Parameter wanted: what it must be: `a list`.
  init(at path: JSONPath, wanted: String, found: JSONValue) {
    self.init(at: path, "must be \(wanted), and is \(found.words)")
  }
}
