import NetworkValues
import NftablesRuleset
public import PacketTrace
public import RuleModel

extension Graph {
  /// A trace: the chains that it enters, with the path highlighted and its steps numbered, the rest in grey.
  ///
  /// - Parameters:
  ///   - trace: the trace.
  ///   - rules: the rules of its family, for those that it does not try; nil if they are not known.
  public init(_ trace: Trace, in rules: Ruleset? = nil) {
    let path = TracePath(trace, rules)
    self.init(
      title: trace.heading,
      summary:
        "Matching rules in order: \(path.matches.isEmpty ? "none" : path.matches.joined(separator: "; ")). \(trace.summary)"
    )
    groups = path.tables.map { table in
      Group(
        drawing: path.chains.filter { $0.table == table }, title: table.name,
        prefix: trace.flow.destination.address.family.description, tracing: true)
    }
    append(ending: trace)
  }

  /// Adds the outcome as a box, with an arrow from the rule that decides, unless a rule's outcome is drawn already.
  private mutating func append(ending trace: Trace) {
    let isDrawn = groups.contains { $0.nodes.contains { $0.kind == .end && $0.emphasis == .path } }
    guard !isDrawn else { return }
    let family = trace.flow.destination.address.family
    let end = Node(
      "verdict", title: trace.verdict.words, kind: .end,
      emphasis: trace.verdict == .unknown ? .problem : .path, isLast: true)
    let key = trace.decision.map {
      Graph.key("\(family) \($0.place.table.name) \($0.place.chain) \($0.place.index)")
    }
    for group in groups.indices {
      for node in groups[group].nodes {
        guard let key, let row = node.rows.firstIndex(where: { $0.key == key }) else { continue }
        groups[group].nodes.append(end)
        groups[group].edges.append(
          Edge(from: End(node.id, row: row), to: End(end.id), emphasis: end.emphasis))
        return
      }
    }
    groups.append(Group(title: "", nodes: [end]))
  }
}

/// The chains of a trace in the order in which it enters them.
private struct TracePath {
  private(set) var tables: [TracedTable] = []
  private(set) var chains: [DrawnChain] = []
  /// The matching rules in words.
  private(set) var matches: [String] = []
  private let rules: Ruleset?

  init(_ trace: Trace, _ rules: Ruleset?) {
    self.rules = rules
    for event in trace.events {
      switch event {
      case .rule(let step): add(step)
      case .policy(let policy, let table, let chain): add(policy, table, chain)
      case .foreign(let step): matches.append("\(step.words): \(step.outcome)")
      case .hook, .table, .natSkipped, .rerouted: break
      }
    }
  }

  private mutating func add(_ step: TraceStep) {
    let chain = index(of: step.place.table, step.place.chain)
    let rule = row(of: step, in: chain)
    chains[chain].rules[rule].outcomes.append(step.outcome)
    switch step.result {
    case .matched, .noListener:
      matches.append("\(step.place)")
      chains[chain].rules[rule].steps.append(matches.count)
    case .uncertain: chains[chain].rules[rule].isUncertain = true
    case .failed, .passed: break
    }
  }

  private mutating func add(_ policy: Policy, _ table: TracedTable, _ name: String) {
    let chain = index(of: table, name)
    chains[chain].policy = policy
    guard policy == .drop else { return }
    matches.append("policy of \(name) (\(table.name))")
    chains[chain].policySteps.append(matches.count)
  }

  /// The chain's index; the chain is added at its first step, with all its rules if they are known.
  private mutating func index(of table: TracedTable, _ name: String) -> Int {
    if let known = chains.firstIndex(where: { $0.table == table && $0.name == name }) { return known }
    if !tables.contains(table) { tables.append(table) }
    let isHook = Hook(rawValue: name.uppercased()) != nil
    let chain = table.iptablesName.flatMap { table in ChainName(name).flatMap { rules?[table, $0] } }
    let known = chain?.rules.enumerated().map { DrawnRule($0 + 1, .iptables($1)) } ?? []
    chains.append(DrawnChain(table, name, isHook: isHook, rules: known))
    return chains.count - 1
  }

  private mutating func row(of step: TraceStep, in chain: Int) -> Int {
    if let known = chains[chain].rules.firstIndex(where: { $0.index == step.place.index }) { return known }
    chains[chain].rules.append(DrawnRule(step.place.index, step.rule))
    return chains[chain].rules.count - 1
  }
}
