import TextOutput

/// An object of a manifest. Members are converted on demand, as the requested type.
///
/// An absent member and null are nil; a member of another type is a `FieldProblem`.
package struct JSONObject {
  private let tree: ManifestTree
  private let node: Int

  private init(_ tree: ManifestTree, _ node: Int) {
    self.tree = tree
    self.node = node
  }

  /// The object at the top of a document.
  ///
  /// - Parameter wanted: the object's name in messages.
  package init(_ tree: ManifestTree, as wanted: String = "an object") throws(FieldProblem) {
    try self.init(tree, tree.top, wanted)
  }

  private init(_ tree: ManifestTree, _ node: Int, _ wanted: String) throws(FieldProblem) {
    guard tree.kind(node) == .object else {
      throw FieldProblem(at: JSONPath(tree, node), wanted: wanted, found: tree.words(node))
    }
    self.init(tree, node)
  }

  /// The path of the object from the top of the document.
  package var path: JSONPath { JSONPath(tree, node) }

  /// The line on which the object starts, counted from 1.
  package var line: Int { tree.line(node) }

  /// The names of the members, sorted.
  package var names: [String] { Set(namesInOrder).sorted() }

  /// The names of the members, in the order of the text.
  package var namesInOrder: [String] {
    var names: [String] = []
    tree.forEachMember(node) { name, _ in names.append(tree.text(name)) }
    return names
  }

  /// Returns the name of the first member that is not null and whose name, in UTF-8, is accepted.
  package func name(where accepts: (ArraySlice<UInt8>) -> Bool) -> String? {
    var found: Int?
    tree.forEachMember(node) { name, value in
      if found == nil, tree.kind(value) != .null, accepts(tree.bytes(name)) { found = name }
    }
    return found.map { tree.text($0) }
  }

  /// Returns true if the object has the member and it is not null.
  package func has(_ name: String) -> Bool { present(name) != nil }

  /// Returns a member; nil if it is absent.
  package func value(_ name: String) -> JSONValue? { tree.member(node, name).map { tree.value($0) } }

  /// Returns the node of a member that is not null.
  private func present(_ name: String) -> Int? {
    guard let member = tree.member(node, name), tree.kind(member) != .null else { return nil }
    return member
  }

  package func object(_ name: String) throws(FieldProblem) -> JSONObject? {
    guard let member = present(name) else { return nil }
    return try JSONObject(tree, member, "an object")
  }

  /// Returns the objects of a list; an absent list is empty.
  package func objects(_ name: String) throws(FieldProblem) -> [JSONObject] {
    var objects: [JSONObject] = []
    for item in try items(name) { objects.append(try JSONObject(tree, item, "an object")) }
    return objects
  }

  /// Returns the objects of a list, with a problem for each item that is none.
  package func eachObject(_ name: String) throws(FieldProblem) -> [Result<JSONObject, FieldProblem>] {
    let tree = tree
    return try items(name).map { item in Self.result(tree, item, "an object") }
  }

  /// Returns the object at the top of a document, or the objects of a list at the top.
  ///
  /// - Parameter wanted: the object's name in messages.
  package static func each(
    in tree: ManifestTree, as wanted: String
  ) -> [Result<JSONObject, FieldProblem>] {
    let nodes = tree.kind(tree.top) == .list ? tree.items(tree.top) : [tree.top]
    return nodes.map { result(tree, $0, wanted) }
  }

  private static func result(
    _ tree: ManifestTree, _ node: Int, _ wanted: String
  ) -> Result<JSONObject, FieldProblem> {
    Result { () throws(FieldProblem) in try JSONObject(tree, node, wanted) }
  }

  /// Returns the strings of a list; an absent list is empty.
  package func strings(_ name: String) throws(FieldProblem) -> [String] {
    var strings: [String] = []
    for item in try items(name) { strings.append(try string(item)) }
    return strings
  }

  private func items(_ name: String) throws(FieldProblem) -> [Int] {
    guard let list = present(name) else { return [] }
    guard tree.kind(list) == .list else { throw wrong(list, "a list") }
    return tree.items(list)
  }

  private func string(_ node: Int) throws(FieldProblem) -> String {
    guard tree.kind(node) == .string else { throw wrong(node, "a string") }
    return tree.text(node)
  }

  private func wrong(_ node: Int, _ wanted: String) -> FieldProblem {
    FieldProblem(at: JSONPath(tree, node), wanted: wanted, found: tree.words(node))
  }

  /// The problem of a member that is not of the requested type.
  package func wrong(_ name: String, _ wanted: String) -> FieldProblem {
    FieldProblem(
      at: path.member(name), wanted: wanted, found: tree.member(node, name).map { tree.words($0) } ?? "null")
  }
}

// MARK: - Scalars

extension JSONObject {
  package func string(_ name: String) throws(FieldProblem) -> String? {
    guard let member = present(name) else { return nil }
    return try string(member)
  }

  package func bool(_ name: String) throws(FieldProblem) -> Bool? {
    guard let member = present(name) else { return nil }
    guard case .bool(let value) = tree.value(member) else { throw wrong(member, "true or false") }
    return value
  }

  /// Returns a whole number within limits.
  package func number<Whole: FixedWidthInteger>(
    _ name: String, _ limits: ClosedRange<Whole>
  ) throws(FieldProblem) -> Whole? {
    guard let member = present(name) else { return nil }
    guard case .whole(let number) = tree.value(member), let whole = Whole(exactly: number),
      limits.contains(whole)
    else { throw wrong(member, "a number from \(limits.lowerBound) to \(limits.upperBound)") }
    return whole
  }

  /// Returns the text of a string, a number or a Boolean, formatted as Go's `fmt.Sprint` does.
  package func scalarText(_ name: String) throws(FieldProblem) -> String? {
    guard let member = present(name) else { return nil }
    guard let text = tree.value(member).scalarText else {
      throw wrong(member, "a string, a number or true or false")
    }
    return text
  }

  /// Returns an object of strings, such as labels; an absent object is empty.
  package func texts(_ name: String) throws(FieldProblem) -> [String: String] {
    try object(name)?.texts { _ in true } ?? [:]
  }

  /// Returns the members of this object as strings.
  ///
  /// - Parameter isWanted: selects members by name; others are not read.
  package func texts(where isWanted: (String) -> Bool) throws(FieldProblem) -> [String: String] {
    var values: [String: Int] = [:]
    tree.forEachMember(node) { name, value in
      let name = tree.text(name)
      if isWanted(name) { values[name] = value }
    }
    var texts: [String: String] = [:]
    for (name, value) in values.sorted(by: { $0.key < $1.key }) where tree.kind(value) != .null {
      texts[name] = try string(value)
    }
    return texts
  }
}
