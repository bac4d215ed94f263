import Intercept

extension LiveRules {
  /// The rules of other programs that shadow installed ones, for each family in which a built-in chain has more rules
  /// than are wanted.
  ///
  /// - Parameter wanted: the rules, which are installed.
  func shadowing(_ wanted: WantedRules) -> [RulesetDiff] {
    wanted.rulesets.filter(hasOthers).map { RulesetDiff(wanted: $0, live: self[$0.family]) }.filter {
      !$0.isEmpty
    }
  }

  /// True if a chain of the wanted rules has other rules as well.
  private func hasOthers(_ wanted: Ruleset) -> Bool {
    wanted.tables.contains { table in
      let live = self[wanted.family, table.name]?.chains ?? []
      return table.chains.contains { chain in
        live.contains { $0.name == chain.name && $0.rules.count > chain.rules.count }
      }
    }
  }
}
