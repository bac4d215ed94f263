/// A JSON value of any depth, read from JSON or YAML, with the line of every part.
///
/// A manifest holds far more than is read of it, so the parts are records in one array in the order of the text, and
/// become Swift values only on demand.
package final class ManifestTree: Sendable {
  /// A part of the tree: a value, or the name of a member.
  package struct Node {
    package enum Kind: UInt8 {
      case null, no, yes, number, string, list, object
      /// A reference to the node `start`.
      case alias
      /// The name of a member that merges other objects into its own: YAML's `<<`.
      case merge
    }

    var kind: Kind
    /// Counted from 1.
    let line: UInt32
    /// The place of a scalar's text, or the node that an alias refers to.
    var start: UInt32 = 0
    /// The number of bytes of a scalar's text.
    var count: UInt32 = 0
    /// The index after the last part of the value. The children of a list or object follow it directly.
    var end: UInt32 = 0
  }

  private let nodes: [Node]
  private let texts: [UInt8]

  init(_ nodes: [Node], texts: [UInt8]) {
    self.nodes = nodes
    self.texts = texts
  }

  /// The index of the value at the top.
  package var top: Int { resolved(0) }

  /// Returns the node that an alias refers to, and any other node itself.
  package func resolved(_ index: Int) -> Int { nodes[index].kind == .alias ? Int(nodes[index].start) : index }

  package func kind(_ index: Int) -> Node.Kind { nodes[index].kind }

  package func line(_ index: Int) -> Int { Int(nodes[index].line) }

  package func text(_ index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }

  func bytes(_ index: Int) -> ArraySlice<UInt8> {
    let start = Int(nodes[index].start)
    return texts[start..<start + Int(nodes[index].count)]
  }
}

extension ManifestTree {
  /// Returns the items of a list; aliases are resolved.
  func items(_ list: Int) -> [Int] {
    var items: [Int] = []
    forEachChild(list) { items.append(resolved($0)) }
    return items
  }

  private func forEachChild(_ parent: Int, _ body: (Int) -> Void) {
    let end = Int(nodes[parent].end)
    var child = parent + 1
    while child < end {
      body(child)
      child = Int(nodes[child].end)
    }
  }

  /// Calls a function with the name and the value of each member of an object. Of members with one name, the last one
  /// counts; merged objects count as members at the place of their `<<`, as in go-yaml 2.
  func forEachMember(_ object: Int, _ body: (_ name: Int, _ value: Int) -> Void) {
    var name: Int?
    forEachChild(object) { child in
      guard let key = name else { return name = child }
      name = nil
      if kind(key) == .merge {
        forEachMerged(resolved(child)) { forEachMember($0, body) }
      } else {
        body(key, resolved(child))
      }
    }
  }

  /// Calls a function with each object that a `<<` names: later ones first, because earlier ones take precedence.
  private func forEachMerged(_ value: Int, _ body: (Int) -> Void) {
    if kind(value) == .list { items(value).reversed().forEach(body) } else { body(value) }
  }

  /// Returns the value of a member; nil if there is none.
  func member(_ object: Int, _ name: String) -> Int? {
    var found: Int?
    forEachMember(object) { key, value in
      if bytes(key).elementsEqual(name.utf8) { found = value }
    }
    return found
  }
}

extension ManifestTree {
  /// Returns the path from an ancestor to a node, `.items[3].spec`; nil if the node is not part of the ancestor.
  func path(to node: Int, from ancestor: Int) -> String? {
    guard node >= ancestor, node < Int(nodes[ancestor].end) else { return nil }
    var path = ""
    var place = ancestor
    while place != node {
      let isObject = kind(place) == .object
      var (child, number, name) = (place + 1, 0, place)
      while Int(nodes[child].end) <= node {
        if isObject, number % 2 == 0 { name = child }
        child = Int(nodes[child].end)
        number += 1
      }
      path += isObject ? number % 2 == 1 ? ".\(text(name))" : "" : "[\(number)]"
      place = child
    }
    return path
  }
}
