import Pictures

/// A language of pictures.
enum PictureFormat: String, CaseIterable {
  case svg
  /// The flowcharts of Mermaid, which Markdown of GitHub and GitLab shows.
  case mermaid
  /// The language of Graphviz.
  case dot

  func text(of graph: Graph) -> String {
    switch self {
    case .svg: graph.svg
    case .mermaid: graph.mermaid
    case .dot: graph.dot
    }
  }
}

/// The format of an answer with findings and a picture.
enum AnswerFormat: String, CaseIterable {
  case text, json, sarif, github, svg, mermaid, dot

  /// The language of the picture; nil for the other formats.
  var picture: PictureFormat? { PictureFormat(rawValue: rawValue) }

  /// True for the formats of findings alone.
  var isReport: Bool { self == .sarif || self == .github }
}

extension Report {
  /// The findings in a format of reports.
  func text(_ format: AnswerFormat) throws -> String {
    format == .sarif ? try JSONWriter.foreign(SARIF(self)) : github
  }
}
