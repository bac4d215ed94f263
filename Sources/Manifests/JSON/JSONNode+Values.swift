import Intercept

/// A field that is not what it must be.
struct FieldProblem: Error {
  let node: JSONNode
  /// The member that is wrong or missing, where it is not the node itself.
  var member: String?
  let text: String
}

/// Fields by their kind. A field that is absent or null is nil; one of another kind is a problem.
extension JSONNode {
  func object(_ name: String) throws(FieldProblem) -> JSONNode? { try member(name, .object) }

  /// The items of a list; none where the field is absent.
  func list(_ name: String) throws(FieldProblem) -> [JSONNode] { try member(name, .array)?.items ?? [] }

  func objects(_ name: String) throws(FieldProblem) -> [JSONNode] {
    let items = try list(name)
    for item in items { try item.require(.object) }
    return items
  }

  func string(_ name: String) throws(FieldProblem) -> String? { try self[name]?.string() }

  func strings(_ name: String) throws(FieldProblem) -> [String] {
    try list(name).map { item throws(FieldProblem) in try item.string() }
  }

  /// Names and texts; labels, say.
  func texts(_ name: String) throws(FieldProblem) -> [String: String] {
    var texts: [String: String] = [:]
    for (name, value) in try member(name, .object)?.members ?? [] where value.token.kind != .null {
      texts[name] = try value.string()
    }
    return texts
  }

  func bool(_ name: String) throws(FieldProblem) -> Bool? {
    guard let node = self[name] else { return nil }
    switch node.token.kind {
    case .true: return true
    case .false: return false
    default: throw node.wrong("true or false")
    }
  }

  /// A whole number within limits.
  func number<Value: FixedWidthInteger>(_ name: String, _ limits: ClosedRange<Value>) throws(FieldProblem)
    -> Value?
  {
    try self[name]?.number(limits)
  }

  func string() throws(FieldProblem) -> String {
    guard token.kind == .string || token.kind == .escapedString else { throw wrong("a string") }
    return document.text(of: token)
  }

  func number<Value: FixedWidthInteger>(_ limits: ClosedRange<Value>) throws(FieldProblem) -> Value {
    guard token.kind == .number, let value = Value(document.text(of: token)), limits.contains(value) else {
      throw wrong("a number from \(limits.lowerBound) to \(limits.upperBound)")
    }
    return value
  }

  /// The text of a string, a number or a truth value, as Go's `fmt.Sprint` has it.
  func scalarText() throws(FieldProblem) -> String {
    switch token.kind {
    case .string, .escapedString, .number: return document.text(of: token)
    case .true: return "true"
    case .false: return "false"
    case .object, .array, .null: throw wrong("a string, a number or true or false")
    }
  }

  private func member(_ name: String, _ kind: JSONToken.Kind) throws(FieldProblem) -> JSONNode? {
    guard let node = self[name] else { return nil }
    try node.require(kind)
    return node
  }

  private func require(_ kind: JSONToken.Kind) throws(FieldProblem) {
    guard token.kind == kind else { throw wrong(kind.words) }
  }

  func wrong(_ wanted: String) -> FieldProblem {
    FieldProblem(node: self, text: "must be \(wanted), and is \(found)")
  }

  /// What stands there, for messages: short values as they are.
  private var found: String {
    let text = document.text(of: token)
    switch token.kind {
    case .number where text.count <= 32: return text
    case .string where text.count <= 32: return "the string \(text.quotedForMessage)"
    case .number: return "a number of \(text.count) digits"
    case .true: return "true"
    case .false: return "false"
    case .object, .array, .string, .escapedString, .null: return token.kind.words
    }
  }
}
