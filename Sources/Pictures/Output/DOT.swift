import TextOutput

extension Graph {
  /// The picture in the DOT language of Graphviz.
  public var dot: String {
    let body = groups.enumerated().map { $1.dot($0) }.joined()
    return """
      digraph \(title.dotQuoted) {
        graph [rankdir=LR, fontname="sans-serif", label=\(title.dotQuoted), labelloc=t]
        node [shape=plain, fontname="monospace", fontsize=10]
        edge [fontname="monospace", fontsize=9]
      \(body)}

      """
  }
}

extension Graph.Group {
  fileprivate func dot(_ index: Int) -> String {
    let framed = nodes.filter(\.isFramed).map(\.dot).joined()
    let others = nodes.filter { !$0.isFramed }.map(\.dot).joined()
    let frameText =
      frame.map { "    subgraph cluster_\(index)_frame {\n    label=\($0.dotQuoted)\n\(framed)    }\n" }
      ?? framed
    let arrows = edges.map(\.dot).joined()
    return "  subgraph cluster_\(index) {\n    label=\(title.dotQuoted)\n\(frameText)\(others)\(arrows)  }\n"
  }
}

extension Graph.Node {
  /// A table of the title and the rows; each row is a port.
  fileprivate var dot: String {
    let caption = caption.isEmpty ? "" : "<BR/>\(caption.dotMarkup)"
    let head = "<TR><TD PORT=\"head\" BGCOLOR=\"#eaeef2\"><B>\(title.dotMarkup)</B>\(caption)</TD></TR>"
    let lines = rows.enumerated().map { index, row in
      let badge = row.badge.isEmpty ? "" : "(\(row.badge)) "
      let text = badge + (row.label.isEmpty ? row.text : "\(row.label)  \(row.text)")
      return
        "<TR><TD PORT=\"r\(index)\" ALIGN=\"LEFT\" BGCOLOR=\"\(row.emphasis.dotGround)\"><FONT COLOR=\"\(row.emphasis.dotInk)\">"
        + "\(text.dotMarkup)</FONT></TD></TR>"
    }
    let table = "<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" COLOR=\"\(emphasis.dotLine)\">"
    return "    \(id.dotQuoted) [label=<\(table)\(head)\(lines.joined())</TABLE>>]\n"
  }
}

extension Graph.Edge {
  fileprivate var dot: String {
    let label = label.isEmpty ? "" : ", label=\(label.dotQuoted)"
    let width = emphasis == .path ? "2.5" : "1"
    let style = emphasis == .faded ? ", style=dashed" : ""
    return
      "    \(from.dot):e -> \(to.dot):w [color=\"\(emphasis.dotLine)\", penwidth=\(width)\(style)\(label)]\n"
  }
}

extension Graph.End {
  fileprivate var dot: String { "\(node.dotQuoted):\(row.map { "r\($0)" } ?? "head")" }
}

extension Graph.Emphasis {
  fileprivate var dotLine: String {
    switch self {
    case .plain: "#57606a"
    case .path: "#0a5fc2"
    case .faded: "#818b98"
    case .problem: "#b3202c"
    }
  }

  fileprivate var dotInk: String {
    switch self {
    case .plain, .path: "#1f2328"
    case .faded: "#59636e"
    case .problem: "#b3202c"
    }
  }

  fileprivate var dotGround: String {
    switch self {
    case .plain, .faded: "#ffffff"
    case .path: "#dceafd"
    case .problem: "#ffe3e1"
    }
  }
}

extension String {
  /// A quoted id of DOT, in which only the quote is escaped; a backslash is doubled, since labels have escape sequences.
  fileprivate var dotQuoted: String {
    "\""
      + onOneLine.reduce(into: "") { result, character in
        if character == "\"" || character == "\\" { result += "\\" }
        result.append(character)
      } + "\""
  }

  /// Text in a label of HTML's form.
  fileprivate var dotMarkup: String {
    let markup: Markup = "\(onOneLine)"
    return markup.text
  }
}
