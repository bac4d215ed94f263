import Intercept

extension ConnectionReport {
  /// A table with a line for each connection, then the number of those that bypass the proxy.
  public var text: String {
    let rows = [PodConnection.columns] + connections.map(\.row)
    let widths = PodConnection.columns.indices.map { column in rows.map { $0[column].width }.max() ?? 0 }
    var text: [UInt8] = []
    for row in rows {
      var blanks = 0
      for (cell, width) in zip(row, widths) {
        if !cell.isEmpty {
          text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: blanks))
          text.append(contentsOf: cell.utf8)
          blanks = 0
        }
        blanks += width - cell.width + 2
      }
      text.append(UInt8(ascii: "\n"))
    }
    return String(decoding: text, as: UTF8.self) + "\n" + summary + "\n"
  }

  /// `3 connections, 1 bypasses the proxy`.
  public var summary: String {
    let bypassing = connections.count { $0.bypass != nil }
    let all = connections.count == 1 ? "1 connection" : "\(connections.count) connections"
    return all + (bypassing == 0 ? "" : ", \(bypassing) \(bypassing == 1 ? "bypasses" : "bypass") the proxy")
  }
}

extension String {
  /// Number of characters; bytes, where all are ASCII, are counted faster.
  fileprivate var width: Int { utf8.allSatisfy { $0 < 0x80 } ? utf8.count : count }
}

extension PodConnection {
  fileprivate static let columns = [
    "STATE", "PROCESS", "UID", "FROM", "TO", "PATH", "SENT", "RECEIVED", "RULES NOW",
  ]

  fileprivate var row: [String] {
    [
      proto == .tcp ? state : "\(state) (\(proto))", processWords, user.map { "\($0)" } ?? "-", "\(source)",
      "\(destination)", pathWords, sentBytes.map { "\($0)" } ?? "-", receivedBytes.map { "\($0)" } ?? "-",
      todayWords,
    ]
  }

  /// The connection in a line, for a stream.
  public var line: String {
    let owner = user.map { "\(processWords), uid \($0)" } ?? processWords
    return "\(proto) \(direction.rawValue)  \(owner)  \(source) to \(destination)  \(pathWords)"
  }

  private var processWords: String {
    guard let first = processes.first else { return "-" }
    return "\(first.name) (\(first.id))" + (processes.count > 1 ? " and \(processes.count - 1) more" : "")
  }

  /// The path, the proxy's process, and the reason of a bypass.
  public var pathWords: String {
    let receiver = acceptor?.processes.first.map { " (\($0.name))" } ?? ""
    switch path {
    case .redirected(let end): return "redirected to \(end)\(direction == .outbound ? receiver : "")"
    case .translated(let end): return "translated to \(end)"
    case .tproxied: return "delivered to the proxy by TPROXY"
    case .direct: return bypass.map { "BYPASS: \($0.words)" } ?? (isOfProxy ? "the proxy's own" : "direct")
    }
  }

  /// The result of today's rules and the rule that decides.
  public var todayWords: String {
    guard let today else { return "no rules" }
    guard let decision = today.decision else { return today.verdict.words }
    return "\(today.verdict.words): \(decision.place)"
  }
}
