import TextOutput

/// Text that is no JSON or YAML, or that exceeds a limit.
package struct SyntaxProblem: Error, Hashable {
  /// Counted from 1.
  package let line: Int
  package let text: String

  package init(line: Int, _ text: String) {
    self.line = line
    self.text = text
  }
}

/// Builds a tree from the parts of a text, in their order.
package struct TreeBuilder {
  /// The limit of nesting, which bounds the stack that readers of the tree use.
  private static let maximumDepth = 512
  /// The limit of parts; a text of half a gibibyte has fewer.
  private static let maximumCount = 1 << 26

  private var nodes: [ManifestTree.Node] = []
  private var texts: [UInt8] = []
  /// The lists and objects that have begun, with their extent so far.
  private var open: [(index: Int, extent: Extent)] = []
  private var total = Extent()
  package let refusesDuplicates: Bool

  /// - Parameter refusesDuplicates: true to throw if two members of an object have the same name.
  package init(refusesDuplicates: Bool) {
    self.refusesDuplicates = refusesDuplicates
  }

  /// True if the next part is the name of a member.
  package var isAtName: Bool {
    open.last.map { nodes[$0.index].kind == .object && $0.extent.children % 2 == 0 } ?? false
  }

  /// The index of the next part.
  package var next: Int { nodes.count }

  package mutating func begin(_ kind: ManifestTree.Node.Kind, line: Int) throws(SyntaxProblem) {
    guard open.count < Self.maximumDepth else {
      throw SyntaxProblem(line: line, "is nested more than \(Self.maximumDepth) levels deep")
    }
    open.append((next, Extent()))
    try append(.init(kind: kind, line: UInt32(line)))
  }

  /// Ends the innermost list or object.
  ///
  /// - Returns: its extent, with the aliases in it expanded.
  @discardableResult package mutating func end() throws(SyntaxProblem) -> Extent {
    guard let (index, extent) = open.popLast() else { return Extent() }
    nodes[index].end = UInt32(next)
    if refusesDuplicates, nodes[index].kind == .object { try checkNames(of: index, extent.children / 2) }
    let whole = extent.nested
    add(whole)
    return whole
  }

  /// Adds a scalar, or the name of a member.
  package mutating func scalar(_ kind: ManifestTree.Node.Kind, _ text: some Sequence<UInt8>, line: Int)
    throws(SyntaxProblem)
  {
    let start = texts.count
    // Bytes in one piece are copied at once, not one by one.
    if text.withContiguousStorageIfAvailable({ texts.append(contentsOf: $0) }) == nil {
      texts.append(contentsOf: text)
    }
    try scalar(kind, textFrom: start, line: line)
  }

  private mutating func scalar(_ kind: ManifestTree.Node.Kind, textFrom start: Int, line: Int)
    throws(SyntaxProblem)
  {
    let count = UInt32(texts.count - start)
    try append(
      .init(kind: kind, line: UInt32(line), start: UInt32(start), count: count, end: UInt32(next + 1)))
    add(Extent())
  }

  /// Adds a reference to a part.
  package mutating func alias(_ target: Int, _ extent: Extent, line: Int) throws(SyntaxProblem) {
    let kind = nodes[target].kind
    if isAtName {
      guard kind == .string || kind == .number else {
        throw SyntaxProblem(line: line, "has a name that is no text")
      }
      return try scalar(.string, text(target), line: line)
    }
    guard open.count + extent.height < Self.maximumDepth else {
      throw SyntaxProblem(line: line, "is nested more than \(Self.maximumDepth) levels deep by its aliases")
    }
    try append(.init(kind: .alias, line: UInt32(line), start: UInt32(target), end: UInt32(next + 1)))
    add(extent.aliased)
  }

  private mutating func append(_ node: ManifestTree.Node) throws(SyntaxProblem) {
    guard next < Self.maximumCount else {
      throw SyntaxProblem(line: Int(node.line), "has more than \(Self.maximumCount) parts")
    }
    nodes.append(node)
  }

  private mutating func add(_ extent: Extent) {
    if open.isEmpty { total = extent } else { open[open.count - 1].extent.add(extent) }
  }

  private func text(_ index: Int) -> ArraySlice<UInt8> {
    let start = Int(nodes[index].start)
    return texts[start..<start + Int(nodes[index].count)]
  }
}

extension TreeBuilder {
  /// Returns the finished tree.
  package consuming func tree() throws(SyntaxProblem) -> ManifestTree {
    guard !total.isExcessive else {
      throw SyntaxProblem(line: 1, "refers to its anchors excessively often")
    }
    return ManifestTree(nodes, texts: texts)
  }

  /// Throws if two members of an object have the same name, or a `<<` has a value that cannot be merged.
  private func checkNames(of object: Int, _ count: Int) throws(SyntaxProblem) {
    var names = Set<ArraySlice<UInt8>>(minimumCapacity: count)
    var name = object + 1
    while name < Int(nodes[object].end) {
      let value = Int(nodes[name].end)
      let line = Int(nodes[name].line)
      if nodes[name].kind == .merge {
        guard canMerge(value) else { throw SyntaxProblem(line: line, "merges a value that is no map") }
      } else if !names.insert(text(name)).inserted {
        let text = String(decoding: text(name), as: UTF8.self)
        throw SyntaxProblem(line: line, "has the name \(text.quotedForMessage) twice in one map")
      }
      name = Int(nodes[value].end)
    }
  }

  /// Returns true if a value is an object or a list of objects.
  private func canMerge(_ value: Int) -> Bool {
    let value = resolved(value)
    guard nodes[value].kind == .list else { return nodes[value].kind == .object }
    var item = value + 1
    while item < Int(nodes[value].end) {
      guard nodes[resolved(item)].kind == .object else { return false }
      item = Int(nodes[item].end)
    }
    return true
  }

  private func resolved(_ index: Int) -> Int {
    nodes[index].kind == .alias ? Int(nodes[index].start) : index
  }
}

/// The extent of a value with its aliases expanded.
package struct Extent {
  /// The number of direct children.
  private(set) var children = 0
  /// The number of levels.
  private(set) var height = 0
  /// The number of parts, and of those that only aliases add.
  private var count = 1.0, repeated = 0.0

  package init() {}

  fileprivate mutating func add(_ child: Extent) {
    children += 1
    height = max(height, child.height)
    count += child.count
    repeated += child.repeated
  }

  /// The extent of a finished list or object.
  fileprivate var nested: Extent {
    var extent = self
    extent.height += 1
    return extent
  }

  /// The extent of an alias for the value.
  fileprivate var aliased: Extent {
    var extent = self
    extent.repeated = count
    extent.count += 1
    return extent
  }

  /// True if aliases add more parts than are written, and more than 100,000.
  fileprivate var isExcessive: Bool { repeated > max(100_000, count - repeated) }
}
