import Intercept
import Pictures

extension DoctorPage {
  private static let connectionLimit = 2000

  /// The rules with reasons and counters, a table for each chain.
  var rules: Section {
    let chains = pod.facts.rulesets.flatMap { ruleset in
      ruleset.tables.flatMap { table in
        table.chains.map { chain($0, "\(table.name.rawValue), \(ruleset.family)") }
      }
    }
    return Section(
      anchor: "rules", title: "Rules",
      content: chains.isEmpty
        ? "<p>\(pod.facts.areRulesKnown ? "None." : "They could not be read.")</p>\n" : "\(chains)")
  }

  private func chain(_ chain: Chain, _ table: String) -> Markup {
    let rows = chain.rules.enumerated().map { index, rule -> [Markup] in
      [
        "\(index + 1)", "<code>\(rule.iptablesText)</code>", "\(rule.reason ?? "")",
        "\(rule.counters.map { String($0.packets) } ?? "")",
        "\(rule.counters.map { String($0.bytes) } ?? "")",
      ]
    }
    let policy = chain.name.hook == nil ? "" : ", policy \(chain.policy.rawValue)"
    return Self.table(
      caption: "\(chain.name.text) (\(table)\(policy))", ["Number", "Rule", "Reason", "Packets", "Bytes"],
      rows)
  }

  /// The live connections.
  var connections: Section {
    let all = pod.connections
    let rows = all.prefix(Self.connectionLimit).map { connection -> [Markup] in
      [
        "\(connection.state)", "\(connection.ownerWords)", "\(connection.source.description)",
        "\(connection.destination.description)", "\(connection.pathWords)", "\(connection.todayWords)",
      ]
    }
    let rest = all.count - rows.count
    let more: Markup = rest > 0 ? "<p>\(rest) more connections are left out.</p>\n" : ""
    let summary = ConnectionReport(connections: all).summary
    return Section(
      anchor: "connections", title: "Connections",
      content: all.isEmpty
        ? "<p>None.</p>\n"
        : Self.table(caption: summary, ["State", "Process", "From", "To", "Path", "Rules now"], rows) + more)
  }

  private static func table(caption: String, _ heads: [String], _ rows: [[Markup]]) -> Markup {
    let head = heads.map { name -> Markup in "<th scope=\"col\">\(name)</th>" }
    let body = rows.map { cells -> Markup in
      let columns = zip(heads, cells).map { name, cell -> Markup in "<td data-name=\"\(name)\">\(cell)</td>" }
      return "<tr>\(columns)</tr>\n"
    }
    return """
      <div class="scroll" role="region" tabindex="0" aria-label="\(caption)">
      <table><caption>\(caption)</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body)</tbody></table></div>

      """
  }
}
