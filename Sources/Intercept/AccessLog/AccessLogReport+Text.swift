public import ProxyConfig
public import TextOutput

extension AccessLogReport {
  /// Explanations of the kept lines.
  public func explanations(_ listeners: EnvoyConfiguration? = nil) -> [AccessLogExplanation] {
    entries.map { AccessLogExplanation($0, partner: partners[$0.number], listeners: listeners) }
  }

  /// Each line of a short log; of a long one, the groups and the first line of each group that failed.
  public func text(_ listeners: EnvoyConfiguration? = nil, _ style: TextStyle = .plain) -> String {
    guard !isComplete else {
      let lines = explanations(listeners).map { $0.text(style) }
      return (lines + (count > 1 ? [summary(style)] : [])).joined(separator: "\n")
    }
    let failures = groups.filter(\.example.hasFailed).prefix(Self.keptLines).map {
      AccessLogExplanation($0.example, listeners: listeners).text(style)
    }
    return ([summary(style)] + failures).joined(separator: "\n")
  }

  /// A table of the groups.
  public func summary(_ style: TextStyle = .plain) -> String {
    let pairText = pairs == 0 ? "" : ", \(pairs) of them paired"
    let head = "\(count) \(count == 1 ? "line" : "lines")\(pairText)\n".coloured(.bold, style)
    let header = ["LINES", "FLAGS", "STATUS", "LONGEST", "CLUSTER"]
    let rows = groups.map { group in
      let entry = group.example
      return [
        "\(group.count)", entry[.responseFlags] ?? "-", entry.isHTTP ? entry[.responseCode] ?? "-" : "-",
        "\(group.longestDuration) ms", entry[.upstreamCluster] ?? "-",
      ]
    }
    let rest = ungrouped == 0 ? "" : "and \(ungrouped) lines of further clusters\n"
    return head + Self.table([header] + rows) + rest
  }

  /// Rows with columns of equal width; the last one is as long as it is.
  private static func table(_ rows: [[String]]) -> String {
    let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
      return "  " + (cells.dropLast() + row.suffix(1)).joined(separator: "  ") + "\n"
    }.joined()
  }
}
