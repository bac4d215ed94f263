/// The places of a group's boxes and arrows, in pixels from the group's upper left corner.
struct GroupLayout {
  struct Point: Hashable {
    var x: Double
    var y: Double
  }

  private(set) var boxes: [Box]
  /// The upper left corner of each box.
  private(set) var corners: [Point] = []
  /// The points of each arrow that is drawn, with the index of its edge: out of a box, through the columns, into a box.
  private(set) var arrows: [(edge: Int, points: [Point])] = []
  private(set) var width = 0.0
  private(set) var height = 0.0

  private static let rowGap = 20.0
  private static let bendHeight = 10.0
  private static let columnGap = 56.0

  init(_ group: Graph.Group) {
    boxes = group.nodes.map(Box.init)
    let indices = Dictionary(group.nodes.enumerated().map { ($0.element.id, $0.offset) }) { first, _ in first
    }
    let drawn = group.edges.enumerated().compactMap { index, edge -> (index: Int, from: Int, to: Int)? in
      guard let from = indices[edge.from.node], let to = indices[edge.to.node], from != to else { return nil }
      return (index, from, to)
    }
    let last = Set(group.nodes.indices.filter { group.nodes[$0].isLast })
    let layers = Layers(group.nodes.count, drawn.map { ($0.from, $0.to) }, last: last)
    let columns = xs(layers, arrows: drawn.count)
    let tops = ys(layers, group, drawn.map(\.index))
    corners = group.nodes.indices.map { node in
      Point(x: columns[layers.rank[node]].left, y: tops[.node(node)] ?? 0)
    }
    height = layers.columns.joined().map { (tops[$0] ?? 0) + size($0) }.max() ?? 0
    arrows = drawn.enumerated().map { place, edge in
      (edge.index, points(group.edges[edge.index], edge.from, edge.to, layers.paths[place], tops, columns))
    }
  }

  private func size(_ item: Layers.Item) -> Double {
    switch item {
    case .node(let node): boxes[node].height
    case .bend: Self.bendHeight
    }
  }

  /// The left and right edges of the columns.
  private mutating func xs(_ layers: Layers, arrows: Int) -> [(left: Double, right: Double)] {
    var left = 0.0
    return layers.columns.map { column in
      let widths = column.map { item -> Double in
        switch item {
        case .node(let node): boxes[node].width
        case .bend: 0
        }
      }
      let right = left + (widths.max() ?? 0)
      defer { left = right + Self.columnGap }
      width = right
      return (left, right)
    }
  }

  /// The upper edges: each item near the rows that lead to it, without overlap.
  private func ys(_ layers: Layers, _ group: Graph.Group, _ edges: [Int]) -> [Layers.Item: Double] {
    var tops: [Layers.Item: Double] = [:]
    for (index, column) in layers.columns.enumerated() {
      let wanted = index == 0 ? [:] : wishes(layers, group, edges, tops)
      var bottom = 0.0
      for item in column {
        let top = max(bottom, wanted[item] ?? bottom)
        tops[item] = top
        bottom = top + size(item) + Self.rowGap
      }
    }
    return tops
  }

  /// The upper edges with which arrows from placed items would be horizontal: the mean of the arrows.
  private func wishes(
    _ layers: Layers, _ group: Graph.Group, _ edges: [Int], _ tops: [Layers.Item: Double]
  ) -> [Layers.Item: Double] {
    var sums: [Layers.Item: (sum: Double, count: Double)] = [:]
    for (place, path) in layers.paths.enumerated() {
      let edge = group.edges[edges[place]]
      for (left, right) in zip(path, path.dropFirst()) where tops[right] == nil {
        guard let top = tops[left] else { continue }
        let wish = top + offset(left, edge.from, group) - offset(right, edge.to, group)
        let known = sums[right] ?? (0, 0)
        sums[right] = (known.sum + wish, known.count + 1)
      }
    }
    return sums.mapValues { $0.sum / $0.count }
  }

  /// The place of an arrow's end below the upper edge of an item.
  private func offset(_ item: Layers.Item, _ end: Graph.End, _ group: Graph.Group) -> Double {
    switch item {
    case .bend: Self.bendHeight / 2
    case .node(let node): boxes[node].middle(ofRow: group.nodes[node].id == end.node ? end.row : nil)
    }
  }

  private func points(
    _ edge: Graph.Edge, _ from: Int, _ to: Int, _ path: [Layers.Item], _ tops: [Layers.Item: Double],
    _ columns: [(left: Double, right: Double)]
  ) -> [Point] {
    let isForward = path.first == .node(from)
    let (left, right) = isForward ? (from, to) : (to, from)
    let (leftRow, rightRow) = isForward ? (edge.from.row, edge.to.row) : (edge.to.row, edge.from.row)
    var points = [
      Point(x: corners[left].x + boxes[left].width, y: corners[left].y + boxes[left].middle(ofRow: leftRow))
    ]
    for case .bend(let index, let column) in path {
      let y = (tops[.bend(index, column: column)] ?? 0) + Self.bendHeight / 2
      points += [Point(x: columns[column].left, y: y), Point(x: columns[column].right, y: y)]
    }
    points.append(Point(x: corners[right].x, y: corners[right].y + boxes[right].middle(ofRow: rightRow)))
    return isForward ? points : points.reversed()
  }
}
