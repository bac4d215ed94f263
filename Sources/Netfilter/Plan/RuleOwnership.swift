package import Intercept

/// Says which of a namespace's rules are Istio's or this program's, and so may be taken away.
package protocol RuleOwnership: Sendable {
  /// Whether a rule is ours, given the chain and table it stands in.
  func owns(_ rule: Rule, in chain: ChainName, of table: TableName) -> Bool
}

/// Makes the ownership for one family, from its live rules and the ones that are wanted there.
package typealias OwnershipMaker = @Sendable (_ live: Ruleset, _ wanted: Ruleset) -> any RuleOwnership

/// Goes by names, and by the rules that are wanted: what is in a chain `ISTIO_…` or leads to one is ours, and
/// in a built-in chain what is equal to a rule wanted there.
package struct NameOwnership: RuleOwnership {
  private let wanted: Ruleset

  package init(wanted: Ruleset) { self.wanted = wanted }

  package func owns(_ rule: Rule, in chain: ChainName, of table: TableName) -> Bool {
    chain.isIstio || rule.leadsToIstio || wanted[table, chain]?.rules.contains(rule) == true
  }
}

extension Rule {
  /// Whether packets go on to a chain of Istio's.
  var leadsToIstio: Bool {
    switch target {
    case .jump(let chain), .goto(let chain): chain.isIstio
    case .accept, .drop, .return, .none, .redirect, .mark, .connmark, .tproxy, .ct, .opaque: false
    }
  }
}
