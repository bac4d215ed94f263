/// Nodes in columns from left to right, in the manner of Sugiyama: an arrow leads from a column to one further right, over
/// a bend in each column between.
struct Layers {
  /// A place in a column: a node, or the bend of an arrow.
  enum Item: Hashable {
    case node(Int)
    /// Index of the arrow, and the column.
    case bend(Int, column: Int)
  }

  private(set) var columns: [[Item]] = []
  /// The column of each node.
  private(set) var rank: [Int]
  /// The places of each arrow, from its left end to its right one.
  private(set) var paths: [[Item]] = []

  /// - Parameters:
  ///   - count: the number of nodes.
  ///   - edges: pairs of nodes.
  ///   - last: the nodes of the last column.
  init(_ count: Int, _ edges: [(from: Int, to: Int)], last: Set<Int>) {
    let forward = Self.acyclic(count, edges)
    rank = Self.ranks(count, forward)
    let end = max(
      rank.max() ?? 0,
      last.isEmpty
        ? 0 : (rank.enumerated().filter { !last.contains($0.offset) }.map(\.element).max() ?? 0) + 1)
    for node in last { rank[node] = end }
    columns = Array(repeating: [], count: count == 0 ? 0 : end + 1)
    for node in 0..<count { columns[rank[node]].append(.node(node)) }
    for (index, edge) in edges.enumerated() {
      let ends = [edge.from, edge.to].sorted { rank[$0] < rank[$1] }
      let (left, right) = (rank[ends[0]], rank[ends[1]])
      let bends = left + 1 < right ? (left + 1..<right).map { Item.bend(index, column: $0) } : []
      for (offset, bend) in bends.enumerated() { columns[left + 1 + offset].append(bend) }
      paths.append([.node(ends[0])] + bends + [.node(ends[1])])
    }
    reduceCrossings()
  }

  /// The arrows without those that close a cycle, found depth first.
  private static func acyclic(_ count: Int, _ edges: [(from: Int, to: Int)]) -> [(from: Int, to: Int)] {
    var outgoing: [[Int]] = Array(repeating: [], count: count)
    for edge in edges where edge.from != edge.to { outgoing[edge.from].append(edge.to) }
    enum State { case new, open, done }
    var state = Array(repeating: State.new, count: count)
    var kept: [(from: Int, to: Int)] = []
    for root in 0..<count where state[root] == .new {
      var stack = [(node: root, next: 0)]
      state[root] = .open
      while let top = stack.last {
        guard top.next < outgoing[top.node].count else {
          state[top.node] = .done
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let target = outgoing[top.node][top.next]
        if state[target] != .open { kept.append((top.node, target)) }
        guard state[target] == .new else { continue }
        state[target] = .open
        stack.append((target, 0))
      }
    }
    return kept
  }

  /// The length of the longest path to each node.
  private static func ranks(_ count: Int, _ edges: [(from: Int, to: Int)]) -> [Int] {
    var outgoing: [[Int]] = Array(repeating: [], count: count)
    var incoming = Array(repeating: 0, count: count)
    for edge in edges {
      outgoing[edge.from].append(edge.to)
      incoming[edge.to] += 1
    }
    var rank = Array(repeating: 0, count: count)
    var ready = (0..<count).filter { incoming[$0] == 0 }
    while let node = ready.popLast() {
      for target in outgoing[node] {
        rank[target] = max(rank[target], rank[node] + 1)
        incoming[target] -= 1
        if incoming[target] == 0 { ready.append(target) }
      }
    }
    return rank
  }

  /// Sorts each column by the mean place of its neighbours, to the right and back.
  private mutating func reduceCrossings() {
    guard columns.count > 1 else { return }
    var neighbours: [Item: (left: [Item], right: [Item])] = [:]
    for path in paths {
      for (left, right) in zip(path, path.dropFirst()) {
        neighbours[left, default: ([], [])].right.append(right)
        neighbours[right, default: ([], [])].left.append(left)
      }
    }
    for _ in 0..<4 {
      for column in 1..<columns.count { sort(column, by: column - 1) { neighbours[$0]?.left ?? [] } }
      for column in (0..<columns.count - 1).reversed() {
        sort(column, by: column + 1) { neighbours[$0]?.right ?? [] }
      }
    }
  }

  private mutating func sort(_ column: Int, by other: Int, _ neighbours: (Item) -> [Item]) {
    let places = Dictionary(
      columns[other].enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let keyed = columns[column].enumerated().map { index, item in
      let found = neighbours(item).compactMap { places[$0] }
      let mean = found.isEmpty ? Double(index) : Double(found.reduce(0, +)) / Double(found.count)
      return (key: mean, index: index, item: item)
    }
    columns[column] = keyed.sorted { ($0.key, $0.index) < ($1.key, $1.index) }.map(\.item)
  }
}
