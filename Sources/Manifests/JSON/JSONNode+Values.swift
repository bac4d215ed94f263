import Intercept

/// A field that is not what it must be.
struct FieldProblem: Error {
  /// The way to it from the text's top.
  let path: String
  let text: String

  /// - Parameters:
  ///   - node: the value that is wrong, or whose member is.
  ///   - member: the member that is wrong or missing, where it is not the node itself.
  ///   - text: what is wrong with it.
  init(node: JSONNode, member: String? = nil, text: String) {
    path = node.path + (member.map { ".\($0)" } ?? "")
    self.text = text
  }
}

/// Fields by their kind. A field that is absent or null is nil; one of another kind is a problem.
extension JSONNode {
  func object(_ name: String) throws(FieldProblem) -> JSONNode? {
    guard let node = self[name] else { return nil }
    try node.requireObject()
    return node
  }

  /// The items of a list; none where the field is absent.
  func list(_ name: String) throws(FieldProblem) -> [JSONNode] {
    guard let node = self[name] else { return [] }
    guard let items = node.items else { throw node.wrong("a list") }
    return items
  }

  func objects(_ name: String) throws(FieldProblem) -> [JSONNode] {
    let items = try list(name)
    for item in items { try item.requireObject() }
    return items
  }

  func string(_ name: String) throws(FieldProblem) -> String? { try self[name]?.string() }

  func strings(_ name: String) throws(FieldProblem) -> [String] {
    guard let node = self[name] else { return [] }
    if let texts = node.texts { return texts }
    // Not all of them are texts; it is told which is not.
    return try list(name).map { item throws(FieldProblem) in try item.string() }
  }

  /// Names and texts; labels, say.
  func texts(_ name: String) throws(FieldProblem) -> [String: String] {
    guard let node = self[name] else { return [:] }
    if let texts = node.textsByName { return texts }
    // As above, and one that is null is absent.
    var texts: [String: String] = [:]
    for (name, value) in try object(name)?.members ?? [] { texts[name] = try value.string() }
    return texts
  }

  /// The names and values of an object, by name; none of anything else.
  ///
  /// - Parameter isWanted: whether a member is asked for.
  func members(where isWanted: (String) -> Bool) -> [(name: String, value: JSONNode)] {
    names.filter(isWanted).compactMap { name in self[name].map { (name, $0) } }
  }

  var members: [(name: String, value: JSONNode)] { members { _ in true } }

  func bool(_ name: String) throws(FieldProblem) -> Bool? {
    try self[name].map { node throws(FieldProblem) in
      guard let truth = node.truth else { throw node.wrong("true or false") }
      return truth
    }
  }

  /// A whole number within limits.
  func number<Value: FixedWidthInteger>(_ name: String, _ limits: ClosedRange<Value>) throws(FieldProblem)
    -> Value?
  {
    try self[name]?.number(limits)
  }

  func string() throws(FieldProblem) -> String {
    guard let text else { throw wrong("a string") }
    return text
  }

  func number<Whole: FixedWidthInteger>(_ limits: ClosedRange<Whole>) throws(FieldProblem) -> Whole {
    guard let number = whole, let whole = Whole(exactly: number), limits.contains(whole)
    else { throw wrong("a number from \(limits.lowerBound) to \(limits.upperBound)") }
    return whole
  }

  /// The text of a string, a number or a truth value, as Go's `fmt.Sprint` has it.
  func scalarText() throws(FieldProblem) -> String {
    switch kind {
    case .string(let text): return text
    case .number(let number): return number.text
    case .bool(let truth): return "\(truth)"
    case .object, .list, .null, .unreadable: throw wrong("a string, a number or true or false")
    }
  }

  private func requireObject() throws(FieldProblem) {
    guard isObject else { throw wrong("an object") }
  }

  func wrong(_ wanted: String) -> FieldProblem {
    FieldProblem(node: self, text: "must be \(wanted), and is \(found)")
  }

  /// What stands there, for messages: short values as they are.
  private var found: String {
    switch kind {
    case .number(let number): number.text
    case .string(let text) where text.count <= 32: "the string \(text.quotedForMessage)"
    case .bool(let truth): "\(truth)"
    case .object, .list, .string, .null, .unreadable: kind.words
    }
  }
}
