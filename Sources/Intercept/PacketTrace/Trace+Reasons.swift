public import RuleModel

extension Ruleset {
  /// The same rules, each with the reason that an equal rule at the same place has in another rule set: dumps do not
  /// say why their rules exist.
  public func explained(by other: Ruleset?) -> Ruleset {
    guard let other else { return self }
    return Ruleset(
      family,
      tables: tables.map { table in
        Table(table.name, chains: table.chains.map { $0.explained(by: other[table.name, $0.name]) })
      })
  }
}

extension Chain {
  fileprivate func explained(by other: Chain?) -> Chain {
    guard let other else { return self }
    let known = Dictionary(other.rules.map { ($0, $0.reason) }) { first, _ in first }
    let rules = rules.map { rule in
      Rule(rule.matches, rule.target, reason: rule.reason ?? known[rule] ?? nil, counters: rule.counters)
    }
    return Chain(name, policy: policy, rules: rules)
  }
}
