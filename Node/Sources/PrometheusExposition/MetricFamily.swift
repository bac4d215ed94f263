/// A metric: its name, its help line, and for a distribution the bounds of its buckets.
public struct MetricFamily: Sendable {
  /// The type of a metric in the text format.
  public enum Kind: Hashable, Sendable {
    case counter
    case gauge
    /// Counts per bucket; the upper bounds ascend, without the infinite one. Durations are in seconds.
    case histogram([Double])
  }

  public let name: String
  public let help: String
  public let kind: Kind

  public init(_ name: String, _ kind: Kind, help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }

  var typeName: String {
    switch kind {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }
}

/// The labels of one series of a metric.
struct SeriesLabels: Hashable, Sendable {
  private let pairs: [Pair]

  private struct Pair: Hashable, Sendable {
    let name: String
    let value: String
  }

  init(_ dimensions: [(String, String)]) {
    pairs = dimensions.map { Pair(name: $0.0, value: $0.1) }.sorted { $0.name < $1.name }
  }

  /// `{result="success"}`, with an additional pair at the end; empty without labels.
  func text(and more: (name: String, value: String)? = nil) -> String {
    let all = pairs.map { ($0.name, $0.value) } + (more.map { [($0.name, $0.value)] } ?? [])
    guard !all.isEmpty else { return "" }
    return "{" + all.map { "\($0.0)=\"\($0.1.escapedForLabel)\"" }.joined(separator: ",") + "}"
  }
}

extension String {
  /// The text with backslashes, quotes and line feeds escaped, as in values of labels.
  fileprivate var escapedForLabel: String {
    reduce(into: "") { text, character in
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
  }
}
