public import NetworkValues
public import RuleModel

extension Ruleset {
  /// What native rules mean for packets of one family, in iptables' terms: for those who trace packets or guess
  /// options, not to be put into a kernel.
  ///
  /// Chains go by iptables' names: istio-output is ISTIO_OUTPUT. A set becomes a rule for each of its values, a
  /// negated one a match for each. What iptables cannot say stays as opaque text.
  public init(lifting native: NativeRuleset, _ family: IPFamily) {
    let tables = native.tables.map { table in
      Table(
        table.name.iptablesName,
        chains: table.chains.compactMap { Chain(lifting: $0, of: table.name, family) })
    }
    // Where no hook leads a packet of the family anywhere, there are no rules for it.
    let isAsked = tables.contains { table in
      table.chains.contains { $0.name.hook != nil && !$0.rules.isEmpty }
    }
    self.init(family, tables: isAsked ? tables : [])
  }
}

extension Chain {
  /// - Returns: nil if iptables could have no chain of that name.
  fileprivate init?(lifting chain: NativeChain, of table: NativeTableName, _ family: IPFamily) {
    guard let name = chain.base.map({ ChainName($0.hook) }) ?? ChainName(lifting: chain.name) else {
      return nil
    }
    let rules = chain.rules.flatMap { LiftedRule($0, family).rules }
    let isElsewhere = chain.base.map { $0 != NativeBaseChain(table, $0.hook, policy: $0.policy) } ?? false
    let stranger = Rule([], .opaque(OpaqueTarget("nft chain \(chain.name), called at another moment")))
    self.init(name, policy: chain.base?.policy ?? .accept, rules: isElsewhere ? [stranger] : rules)
  }
}

extension ChainName {
  /// The iptables name of a chain that only rules call; nil if it can have none.
  init?(lifting name: NativeChainName) {
    let text = String(name.text.uppercased().map { $0 == "-" ? "_" : $0 })
    guard let name = ChainName(text), name.hook == nil else { return nil }
    self = name
  }
}
