package import NetworkValues
package import RuleModel

/// Where the rules of a native chain are once they are raised to iptables' terms.
package struct LiftedPlaces {
  /// The chain's name there; nil if it can have none.
  package let chain: ChainName?
  /// For each rule the numbers, from 1, of those that it has become: several where it asks for any of several
  /// values, none where it is not about the family.
  package let numbers: [Range<Int>]

  package init(_ chain: NativeChain, _ family: IPFamily) {
    self.chain = chain.base.map { ChainName($0.hook) } ?? ChainName(lifting: chain.name)
    var next = 1
    numbers = chain.rules.map { rule in
      let first = next
      next += LiftedRule(rule, family).rules.count
      return first..<next
    }
  }

  /// The raised name of a chain that a rule leads to.
  package static func name(of target: String) -> String {
    NativeChainName(target).flatMap { ChainName(lifting: $0) }?.text ?? target
  }
}
