package import Intercept

/// A chain in the kernel, in one of the tables of iptables-nft.
package struct LiveChain: Hashable, Sendable {
  package let raw: RawChain
  /// Nil if the name is one that iptables does not take.
  package let name: ChainName?
  /// In the order they run.
  package let rules: [LiveRule]

  package init(_ raw: RawChain, rules: [LiveRule]) {
    self.raw = raw
    self.rules = rules
    name = ChainName(raw.name)
  }

  /// Whether packets come here without being sent by a rule.
  package var isBase: Bool { raw.base != nil }

  /// What becomes of packets at the chain's end.
  package var policy: Policy {
    switch raw.base?.policy {
    case .drop: .drop
    case .accept, nil: .accept
    }
  }

  /// The chain in the rule model; nil if its name does not fit there.
  package var chain: Chain? { name.map { Chain($0, policy: policy, rules: rules.map(\.rule)) } }
}
