import TextOutput

/// The size of a node, and the places of its lines, relative to its upper left corner.
struct Box {
  /// A row's text in lines, from the row's upper edge down.
  struct Line {
    let top: Double
    let height: Double
    let texts: [String]
  }

  let width: Double
  let height: Double
  let title: String
  /// The height of title and caption.
  let head: Double
  let rows: [Line]
  /// Columns of the row labels, with the blank after them.
  let labelColumns: Int
  /// Columns of the badges, with the blank after them.
  let badgeColumns: Int

  init(_ node: Graph.Node) {
    labelColumns = Self.columns(node.rows.map(\.label))
    badgeColumns = Self.columns(node.rows.map(\.badge))
    let room = TextMetrics.columns(node.kind) - labelColumns
    title = node.title.onOneLine
    head = TextMetrics.line * (node.caption.isEmpty ? 1 : 2) + TextMetrics.padding
    var top = head
    var lines: [Line] = []
    for row in node.rows {
      let texts = row.text.onOneLine.folded(room)
      let height = TextMetrics.line * Double(texts.count) + 4
      lines.append(Line(top: top, height: height, texts: texts))
      top += height
    }
    rows = lines
    let text = lines.flatMap(\.texts).map(\.columns).max() ?? 0
    let widest = max(title.columns, node.caption.onOneLine.columns, text + labelColumns + badgeColumns)
    width = Double(widest) * TextMetrics.character + 2 * TextMetrics.padding
    height = top + (node.rows.isEmpty ? 0 : TextMetrics.padding / 2)
  }

  private static func columns(_ texts: [String]) -> Int {
    let widest = texts.map(\.onOneLine.columns).max() ?? 0
    return widest == 0 ? 0 : widest + 1
  }

  /// The middle of a row's first line, or of the head.
  func middle(ofRow row: Int?) -> Double {
    guard let row, rows.indices.contains(row) else { return head / 2 }
    return rows[row].top + TextMetrics.line / 2 + 2
  }
}
