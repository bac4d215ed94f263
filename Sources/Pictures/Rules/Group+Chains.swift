import NetworkValues
import PacketTrace
import RuleModel

extension Graph.Group {
  /// The chains of one table.
  ///
  /// - Parameters:
  ///   - chains: the chains that are drawn.
  ///   - title: the group's heading.
  ///   - prefix: the beginning of the nodes' names, which makes them unique in the graph.
  ///   - trace: true to set off the path of a trace from what is beside it.
  init(drawing chains: [DrawnChain], title: String, prefix: String, tracing trace: Bool = false) {
    self.init(title: title)
    var ends: [String: Graph.Node] = [:]
    let known = Set(chains.map(\.name))
    func id(_ chain: String) -> String { "\(prefix) \(title) \(chain)" }
    nodes = chains.map { $0.node(id($0.name), prefix, tracing: trace) }
    for chain in chains {
      for (row, rule) in chain.rules.enumerated() {
        let from = Graph.End(id(chain.name), row: row)
        let isPath = !rule.steps.isEmpty
        let emphasis: Graph.Emphasis = !trace ? .plain : isPath ? .path : .faded
        if let called = rule.calledChain, known.contains(called) {
          edges.append(Graph.Edge(from: from, to: Graph.End(id(called)), emphasis: emphasis))
        } else if let outcome = rule.outcome {
          let end = "\(id("")) outcome \(outcome)"
          let known = ends[end]?.emphasis
          ends[end] = Graph.Node(
            end, title: outcome, kind: .end, emphasis: known == .path ? .path : emphasis, isLast: true)
          edges.append(Graph.Edge(from: from, to: Graph.End(end), emphasis: emphasis))
        }
      }
    }
    nodes += ends.values.sorted { $0.id < $1.id }
  }
}

extension DrawnChain {
  fileprivate func node(_ id: String, _ prefix: String, tracing: Bool) -> Graph.Node {
    let emphasis: Graph.Emphasis = !tracing ? .plain : isOnPath ? .path : .faded
    let lines =
      rules.map { $0.row("\(prefix) \(table.name) \(name)", tracing: tracing) }
      + [policyRow(tracing)].compactMap(\.self)
    return Graph.Node(
      id, title: name, kind: isHook ? .hook : .chain,
      rows: lines.isEmpty ? [Graph.Row("", "no rules", emphasis: .faded)] : lines, emphasis: emphasis)
  }

  private func policyRow(_ tracing: Bool) -> Graph.Row? {
    guard let policy else { return nil }
    let emphasis: Graph.Emphasis =
      policySteps.isEmpty ? tracing ? .faded : .plain : policy == .drop ? .problem : .path
    return Graph.Row(
      "", "policy \(policy.rawValue)", badge: policySteps.map(String.init).joined(separator: ","),
      emphasis: emphasis)
  }
}

extension DrawnRule {
  fileprivate func row(_ chain: String, tracing: Bool) -> Graph.Row {
    let emphasis: Graph.Emphasis =
      !tracing ? .plain : isUncertain ? .problem : steps.isEmpty ? .faded : .path
    let count = rule.counters.map { "\($0.packets) packets" }
    let notes = [rule.reason, count].compactMap(\.self) + outcomes
    return Graph.Row(
      "\(index)", rule.text, note: notes.isEmpty ? nil : notes.joined(separator: "; "),
      badge: steps.map(String.init).joined(separator: ","), key: Graph.key("\(chain) \(index)"),
      emphasis: emphasis)
  }
}

extension Graph {
  /// The key of a rule's row, by family, table, chain and number.
  package static func key(_ place: String) -> String { place }
}
