import TextOutput

extension Graph {
  /// The picture as a flowchart of Mermaid, which GitHub and GitLab draw in Markdown.
  public var mermaid: String {
    var writer = MermaidWriter()
    writer.write(self)
    return writer.text
  }
}

/// Writes nodes under short names: Mermaid reserves words such as `end`.
private struct MermaidWriter {
  private(set) var text = ""
  private var names: [String: String] = [:]
  private var classes: [(name: String, emphasis: Graph.Emphasis)] = []
  private var linkStyles: [String] = []
  private var links = 0

  mutating func write(_ graph: Graph) {
    text += "---\ntitle: \"\(graph.title.mermaidText)\"\n---\nflowchart LR\n"
    for (index, group) in graph.groups.enumerated() { write(group, index) }
    text += linkStyles.joined()
    for (name, emphasis) in classes where emphasis != .plain {
      text += "  class \(name) \(emphasis.rawValue)Node\n"
    }
    text += """
        classDef pathNode stroke:#0a5fc2,stroke-width:3px
        classDef problemNode stroke:#b3202c,stroke-width:3px
        classDef fadedNode color:#59636e,stroke-dasharray:3

      """
  }

  private mutating func write(_ group: Graph.Group, _ index: Int) {
    let title = [group.title, group.frame ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
    text += "  subgraph g\(index)[\"\(title.isEmpty ? " " : title.mermaidText)\"]\n    direction LR\n"
    for node in group.nodes { write(node) }
    for edge in group.edges { write(edge, group) }
    text += "  end\n"
  }

  private mutating func write(_ node: Graph.Node) {
    let name = "n\(names.count)"
    names[node.id] = name
    classes.append((name, node.emphasis))
    let head = node.caption.isEmpty ? [node.title] : [node.title, node.caption]
    let lines = (head + node.rows.map(\.line)).map(\.mermaidText).joined(separator: "<br/>")
    let (open, close) =
      switch node.kind {
      case .hook, .chain, .process: ("[", "]")
      case .end: ("([", "])")
      case .outside: ("[/", "/]")
      }
    text += "    \(name)\(open)\"\(lines)\"\(close)\n"
  }

  private mutating func write(_ edge: Graph.Edge, _ group: Graph.Group) {
    guard let from = names[edge.from.node], let to = names[edge.to.node] else { return }
    let row = edge.from.row.flatMap { row in
      group.nodes.first { $0.id == edge.from.node }.flatMap {
        $0.rows.indices.contains(row) ? $0.rows[row] : nil
      }
    }
    let label = edge.label.isEmpty ? row?.label ?? "" : edge.label
    let arrow = edge.emphasis == .faded ? "-.->" : edge.emphasis == .path ? "==>" : "-->"
    text += "    \(from) \(arrow)" + (label.isEmpty ? "" : "|\"\(label.mermaidText)\"|") + " \(to)\n"
    switch edge.emphasis {
    case .path: linkStyles.append("  linkStyle \(links) stroke:#0a5fc2,stroke-width:3px\n")
    case .problem: linkStyles.append("  linkStyle \(links) stroke:#b3202c,stroke-width:2px\n")
    case .plain, .faded: break
    }
    links += 1
  }
}

extension Graph.Row {
  /// Badge, label and text in a line.
  fileprivate var line: String {
    let step = badge.isEmpty ? "" : "(\(badge)) "
    return step + (label.isEmpty ? text : "\(label)  \(text)")
  }
}

extension String {
  /// The text inside double quotes; characters with a meaning are written as entities, which begin with `#` in Mermaid.
  fileprivate var mermaidText: String {
    onOneLine.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "#", "\"", "<", ">", "&", "`", "\\", "|", "[", "]", "{", "}", "(", ")", "~", ";", "%":
        result += "#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
