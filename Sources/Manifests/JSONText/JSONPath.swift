import TextOutput

/// The path of a value from the top of a document.
package struct JSONPath {
  private let tree: ManifestTree
  private let node: Int
  /// The name of a member that the node lacks.
  private let rest: String

  init(_ tree: ManifestTree, _ node: Int, rest: String = "") {
    self.tree = tree
    self.node = node
    self.rest = rest
  }

  /// The line of the value, or of the object that lacks it, counted from 1.
  package var line: Int { tree.line(node) }

  /// The path from the top of the document: `items[3].spec`.
  package var fromTop: String { from(JSONPath(tree, tree.top)) }

  /// The path of a member.
  package func member(_ name: String) -> JSONPath {
    guard rest.isEmpty, tree.kind(node) == .object, let member = tree.member(node, name) else {
      return JSONPath(tree, node, rest: "\(rest).\(name)")
    }
    return JSONPath(tree, member)
  }

  /// The path relative to an ancestor: `spec.ports[0].port`.
  ///
  /// A value that is reached through an alias has the path of its anchor.
  package func from(_ ancestor: JSONPath) -> String {
    let path = tree.path(to: node, from: ancestor.node) ?? tree.path(to: node, from: tree.top) ?? ""
    let text = path + rest
    return String(text.first == "." ? text.dropFirst() : text[...])
  }
}

/// A field that is missing or has a wrong value.
package struct FieldProblem: Error {
  package let path: JSONPath
  package let text: String

  package init(at path: JSONPath, _ text: String) {
    self.path = path
    self.text = text
  }

  /// - Parameters:
  ///   - wanted: the expected type: `a list`.
  ///   - found: the type of the value, or a short value itself.
  init(at path: JSONPath, wanted: String, found: String) {
    self.init(at: path, "must be \(wanted), but is \(found)")
  }
}
