public import NetworkValues
public import RuleModel

extension Ruleset {
  /// The iptables form of native rules for packets of one family, for tracing and guessing; it is not installed.
  ///
  /// Chains have iptables names: istio-output is ISTIO_OUTPUT. A set becomes one rule for each of its values, a
  /// negated set one match for each. Matches and statements without an iptables form become opaque text.
  public init(lifting native: NativeRuleset, _ family: IPFamily) {
    let tables = native.tables.map { table in
      Table(
        table.name.iptablesName,
        chains: table.chains.compactMap { Chain(lifting: $0, of: table.name, family) })
    }
    // Without a rule at a hook, no rule is reachable for packets of the family.
    let isReachable = tables.contains { table in
      table.chains.contains { $0.name.hook != nil && !$0.rules.isEmpty }
    }
    self.init(family, tables: isReachable ? tables : [])
  }
}

extension Chain {
  /// Nil if the chain's name is not valid in iptables.
  fileprivate init?(lifting chain: NativeChain, of table: NativeTableName, _ family: IPFamily) {
    guard let name = ChainName(lifting: chain) else { return nil }
    let rules = chain.rules.flatMap { LiftedRule($0, family).rules }
    let isForeign = chain.base.map { $0 != NativeBaseChain(table, $0.hook, policy: $0.policy) } ?? false
    let opaque = Rule(
      [], .opaque(OpaqueTarget("nft chain \(chain.name), with another type, hook or priority")))
    self.init(name, policy: chain.base?.policy ?? .accept, rules: isForeign ? [opaque] : rules)
  }
}

extension ChainName {
  /// The iptables name of a native chain; nil if it is not valid in iptables.
  fileprivate init?(lifting chain: NativeChain) {
    guard let base = chain.base else {
      self.init(lifting: chain.name)
      return
    }
    self.init(base.hook)
  }

  /// The iptables name of a chain that only rules call; nil if it is not valid in iptables.
  init?(lifting name: NativeChainName) {
    let text = String(name.text.uppercased().map { $0 == "-" ? "_" : $0 })
    guard let name = ChainName(text), name.hook == nil else { return nil }
    self = name
  }
}

/// The positions of a native chain's rules in the lifted chain.
package struct LiftedPlaces {
  /// The lifted chain's name; nil if it is not valid in iptables.
  package let chain: ChainName?
  /// For each native rule the numbers, from 1, of its lifted rules: several for a set of values, none for a rule of
  /// the other family.
  package let numbers: [Range<Int>]

  package init(_ chain: NativeChain, _ family: IPFamily) {
    self.chain = ChainName(lifting: chain)
    var next = 1
    numbers = chain.rules.map { rule in
      let first = next
      next += LiftedRule(rule, family).rules.count
      return first..<next
    }
  }

  /// The lifted name of a chain that a rule calls.
  package static func name(of target: String) -> String {
    NativeChainName(target).flatMap { ChainName(lifting: $0) }?.text ?? target
  }
}
