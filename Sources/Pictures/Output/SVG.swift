import TextOutput

extension Graph {
  /// The picture as a file of SVG 1.1, in light or dark colours as the reader prefers.
  public var svg: String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(drawing(standalone: true).text)\n" }

  /// The picture as an element of a page that has ``SVGStyle``.
  package var drawing: Markup { drawing(standalone: false) }

  private func drawing(standalone: Bool) -> Markup {
    var canvas = Canvas()
    for group in groups { canvas.add(group) }
    let (width, height) = canvas.size
    let style: Markup = standalone ? "<style>\(SVGStyle.page)\(SVGStyle.picture)</style>" : ""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" aria-label="\(title). \(summary)" \
      width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)">
      \(style)<rect class="paper" width="\(width)" height="\(height)"/>
      \(canvas.parts)</svg>
      """
  }
}

/// Collects the elements of a picture, group below group.
private struct Canvas {
  private(set) var parts: [Markup] = []
  private var width = 0.0
  private var bottom = Self.margin

  private static let margin = 16.0
  private static let frameMargin = 20.0

  var size: (width: Int, height: Int) { (Int(width + Self.margin), Int(bottom)) }

  mutating func add(_ group: Graph.Group) {
    let layout = GroupLayout(group)
    var top = bottom
    if !group.title.isEmpty {
      parts.append(text("group", group.title.onOneLine, x: Self.margin, y: top + 14))
      top += 26
    }
    let isFramed = group.frame != nil
    if isFramed { top += Self.frameMargin + TextMetrics.line }
    let origin = GroupLayout.Point(x: Self.margin, y: top)
    parts.append("<g transform=\"translate(\(Int(origin.x)) \(Int(origin.y)))\">\n")
    if let frame = group.frame { parts.append(framed(frame, group, layout)) }
    // The path is drawn last, above the other arrows.
    let arrows = layout.arrows.sorted { rank(group.edges[$0.edge]) < rank(group.edges[$1.edge]) }
    parts += arrows.map { arrow(group.edges[$0.edge], $0.points) }
    for (index, node) in group.nodes.enumerated() {
      parts.append(box(node, layout.boxes[index], at: layout.corners[index]))
    }
    parts.append("</g>\n")
    width = max(width, layout.width + Self.margin + (isFramed ? Self.frameMargin : 0))
    bottom = top + layout.height + Self.margin + (isFramed ? Self.frameMargin : 0)
  }

  private func rank(_ edge: Graph.Edge) -> Int {
    switch edge.emphasis {
    case .faded: 0
    case .plain: 1
    case .problem: 2
    case .path: 3
    }
  }

  private func framed(_ title: String, _ group: Graph.Group, _ layout: GroupLayout) -> Markup {
    let inside = group.nodes.indices.filter { group.nodes[$0].isFramed }
    let margin = Self.frameMargin
    let left = (inside.map { layout.corners[$0].x }.min() ?? 0) - margin
    let right = (inside.map { layout.corners[$0].x + layout.boxes[$0].width }.max() ?? 0) + margin
    let lower = (inside.map { layout.corners[$0].y + layout.boxes[$0].height }.max() ?? 0) + margin
    let upper = -margin
    return """
      <rect class="frame" x="\(Int(left))" y="\(Int(upper))" width="\(Int(right - left))" \
      height="\(Int(lower - upper))" rx="10"/>\(text("frame", title.onOneLine, x: left + 2, y: upper - 6))

      """
  }

  private func text(_ style: Markup, _ words: String, x: Double, y: Double) -> Markup {
    "<text class=\"\(style)\" x=\"\(Int(x))\" y=\"\(Int(y))\" xml:space=\"preserve\">\(words)</text>"
  }
}

extension Canvas {
  private func box(_ node: Graph.Node, _ box: Box, at corner: GroupLayout.Point) -> Markup {
    let caption: Markup =
      node.caption.isEmpty
      ? "" : text("caption", node.caption.onOneLine, x: TextMetrics.padding, y: 32)
    let rows = zip(node.rows, box.rows).map { row($0, $1, box) }
    return """
      <g class="node \(node.kind.rawValue) \(node.emphasis.rawValue)" \
      transform="translate(\(Int(corner.x)) \(Int(corner.y)))">\
      <rect class="box" width="\(Int(box.width))" height="\(Int(box.height))" rx="6"/>\
      \(text("title", box.title, x: TextMetrics.padding, y: 17))\(caption)
      \(rows)</g>

      """
  }

  private func row(_ row: Graph.Row, _ line: Box.Line, _ box: Box) -> Markup {
    let note: Markup = row.note.map { "<title>\($0)</title>" } ?? ""
    let key: Markup = row.key.map { " data-key=\"\($0)\"" } ?? ""
    let baseline = line.top + 14
    let start = TextMetrics.padding
    let textStart = start + Double(box.labelColumns) * TextMetrics.character
    let badge: Markup =
      row.badge.isEmpty
      ? ""
      : "<text class=\"badge\" x=\"\(Int(box.width - TextMetrics.padding))\" y=\"\(Int(baseline))\">\(row.badge.onOneLine)</text>"
    let lines = line.texts.enumerated().map { index, words in
      text("row", words, x: textStart, y: baseline + Double(index) * TextMetrics.line)
    }
    return """
      <g class="line \(row.emphasis.rawValue)"\(key)>\(note)\
      <rect class="stripe" x="1" y="\(Int(line.top))" width="\(Int(box.width - 2))" height="\(Int(line.height))"/>\
      \(text("label", row.label.onOneLine, x: start, y: baseline))\(lines)\(badge)</g>

      """
  }

  private func arrow(_ edge: Graph.Edge, _ points: [GroupLayout.Point]) -> Markup {
    guard let start = points.first, let end = points.last else { return "" }
    var path = "M\(Int(start.x)) \(Int(start.y))"
    for (from, to) in zip(points, points.dropFirst()) {
      let middle = Int((from.x + to.x) / 2)
      path += " C\(middle) \(Int(from.y)) \(middle) \(Int(to.y)) \(Int(to.x)) \(Int(to.y))"
    }
    let side = (points.dropLast().last?.x ?? 0) <= end.x ? -7 : 7
    let (x, y) = (Int(end.x), Int(end.y))
    let note: Markup = edge.label.isEmpty ? "" : "<title>\(edge.label)</title>"
    return """
      <g class="arrow \(edge.emphasis.rawValue)">\(note)<path d="\(path)"/>\
      <polygon points="\(x),\(y) \(x + side),\(y - 4) \(x + side),\(y + 4)"/></g>

      """
  }
}
