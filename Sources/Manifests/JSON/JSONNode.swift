/// A value in a scanned text.
struct JSONNode {
  let document: JSONDocument
  let index: Int

  var token: JSONToken { document.tokens[index] }

  /// A member by its name; nil where it is absent or null. Of several with one name the last counts.
  subscript(name: String) -> JSONNode? {
    guard token.kind == .object else { return nil }
    var found: Int?
    var place = index + 1
    while place < token.next {
      if document.isName(place, name) { found = place + 1 }
      place = Int(document.tokens[place + 1].next)
    }
    return found.flatMap { document.tokens[$0].kind == .null ? nil : JSONNode(document: document, index: $0) }
  }

  /// The items of a list; none of anything else.
  var items: [JSONNode] {
    guard token.kind == .array else { return [] }
    return children { $0 }
  }

  /// The names and values of an object; none of anything else.
  var members: [(name: String, value: JSONNode)] {
    guard token.kind == .object else { return [] }
    return children { name in
      (document.text(of: name.token), JSONNode(document: document, index: name.index + 1))
    }
  }

  /// What is directly in this value: items, or the names of members.
  private func children<Child>(_ make: (JSONNode) -> Child) -> [Child] {
    var children: [Child] = []
    var place = index + 1
    while place < token.next {
      children.append(make(JSONNode(document: document, index: place)))
      place = Int(document.tokens[token.kind == .object ? place + 1 : place].next)
    }
    return children
  }
}

extension JSONNode {
  /// Where a value lies within this one: `spec.ports[0].port`.
  func path(to target: JSONNode) -> String {
    var path = ""
    var node = self
    while node.index != target.index {
      guard let step = node.step(towards: target) else { return path }
      path += step.text
      node = step.node
    }
    return path.hasPrefix(".") ? String(path.dropFirst()) : path
  }

  private func step(towards target: JSONNode) -> (text: String, node: JSONNode)? {
    for (number, item) in items.enumerated() where item.holds(target) { return ("[\(number)]", item) }
    for (name, value) in members where value.holds(target) { return (".\(name)", value) }
    return nil
  }

  private func holds(_ target: JSONNode) -> Bool {
    (index..<Int(token.next)).contains(target.index)
  }
}
