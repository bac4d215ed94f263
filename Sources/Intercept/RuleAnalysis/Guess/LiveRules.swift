import RuleModel

/// The live rules of one or both families that options are read off.
struct LiveRules {
  /// The families in which there is something of Istio's.
  let families: [Ruleset]
  /// Whether they were raised from the native form's. There the values of several rules stand together in one, sorted
  /// and each once, and what no packet comes to is left out.
  let isNative: Bool

  init(_ live: [Ruleset], isNative: Bool) {
    families = live.filter { Ownership(of: $0).hasEvidence }
    self.isNative = isNative
  }

  /// The rules of a chain in the first family that has it: most options put the same rules into both.
  func rules(_ table: TableName, _ chain: ChainName) -> [Rule] {
    families.lazy.compactMap { $0[table, chain] }.first?.rules ?? []
  }

  /// What those rules mean.
  func meanings(_ table: TableName, _ chain: ChainName) -> [NormalizedRule] {
    rules(table, chain).map(NormalizedRule.init)
  }
}

extension Ruleset {
  /// What the rules of a chain mean; none where there is no such chain.
  func meanings(_ table: TableName, _ chain: ChainName) -> [NormalizedRule] {
    self[table, chain]?.rules.map(NormalizedRule.init) ?? []
  }
}

extension Sequence<NormalizedRule> {
  /// The rules with a target.
  func with(_ target: Target) -> [NormalizedRule] { filter { $0.target == target } }
}
