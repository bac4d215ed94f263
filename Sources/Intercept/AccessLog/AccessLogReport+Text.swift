public import TextOutput

extension AccessLogReport {
  /// The lines to explain: each line of a short log; of a long one, the first line of each group that failed.
  public var explained: [AccessLogEntry] {
    isComplete ? entries : groups.map(\.example).filter(\.hasFailed).prefix(Self.keptLines).map(\.self)
  }

  /// Explanations, and a table of the groups: at the end of a short log, at the beginning of a long one.
  public func text(_ explanations: [AccessLogExplanation], _ style: TextStyle = .plain) -> String {
    let lines = explanations.map { $0.text(style) }
    guard isComplete else { return ([summary(style)] + lines).joined(separator: "\n") }
    return (lines + (count > 1 ? [summary(style)] : [])).joined(separator: "\n")
  }

  /// A table of the groups.
  public func summary(_ style: TextStyle = .plain) -> String {
    let pairText = pairs == 0 ? "" : ", \(pairs) \(pairs == 1 ? "pair" : "pairs")"
    let head = "\(count) \(count == 1 ? "line" : "lines")\(pairText)\n".coloured(.bold, style)
    let header = ["LINES", "FLAGS", "STATUS", "LONGEST", "CLUSTER"]
    let rows = groups.map { group in
      let entry = group.example
      return [
        "\(group.count)", entry.cell(.responseFlags), entry.isHTTP ? entry.cell(.responseCode) : "-",
        entry.isLogged(.duration) ? "\(group.longestDuration) ms" : "?", entry.cell(.upstreamCluster),
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

extension AccessLogEntry {
  /// The value; `-` if it is absent, `?` if the format does not have it.
  fileprivate func cell(_ field: AccessLogField) -> String { self[field] ?? (isLogged(field) ? "-" : "?") }
}
