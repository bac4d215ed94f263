package import Intercept

/// Rules that somebody wants, in the form in which the kernel will give them back: found out once, however often
/// a plan is made.
package struct WantedRules: Hashable, Sendable {
  /// At most one per family; a family without one shall have no rules of ours.
  package let rulesets: [Ruleset]

  /// Nothing is wanted.
  static let none = WantedRules(kept: [])

  private init(kept: [Ruleset]) { rulesets = kept }

  /// - Throws: ``RuleEncodingError`` if a rule can never be in the kernel.
  package init(_ rulesets: [Ruleset]) throws(RuleEncodingError) {
    var kept: [Ruleset] = []
    for ruleset in rulesets { kept.append(try ruleset.asKept()) }
    self.rulesets = kept
  }

  subscript(family: IPFamily) -> Ruleset { rulesets.first { $0.family == family } ?? Ruleset(family) }
}

extension Ruleset {
  /// The rule set as it reads once it has been in the kernel.
  ///
  /// - Throws: ``RuleEncodingError`` if it can never be there.
  package func asKept() throws(RuleEncodingError) -> Ruleset {
    var tables: [Table] = []
    for table in self.tables {
      var chains: [Chain] = []
      for chain in table.chains { chains.append(try chain.asKept(family)) }
      tables.append(Table(table.name, chains: chains))
    }
    return Ruleset(family, tables: tables)
  }
}

extension Chain {
  fileprivate func asKept(_ family: IPFamily) throws(RuleEncodingError) -> Chain {
    var kept: [Rule] = []
    for rule in rules { kept.append(try rule.asKept(family)) }
    return Chain(name, policy: policy, rules: kept)
  }
}
