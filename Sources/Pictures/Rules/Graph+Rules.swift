import TextOutput
import NetworkValues
public import RuleModel

extension Graph {
  /// The rules of each family: chains as boxes, calls and outcomes as arrows, a group for each table.
  public init(rules: [Ruleset]) {
    let rulesets = rules.filter { !$0.isEmpty }
    let families = rulesets.map(\.family.description).listed()
    let count = rulesets.reduce(0) { $0 + $1.ruleCount }
    self.init(
      title: rulesets.isEmpty ? "No rules" : "Rules for \(families)",
      summary: "\(count) rules; an arrow leads from a rule to the chain that it calls, or to its outcome")
    groups = rulesets.flatMap { ruleset in
      ruleset.tables.map { table in
        let chains = table.chains.map { DrawnChain($0, of: table.name) }
        return Group(
          drawing: chains,
          title: rulesets.count > 1 ? "\(table.name.rawValue), \(ruleset.family)" : table.name.rawValue,
          prefix: ruleset.family.description)
      }
    }
  }
}
