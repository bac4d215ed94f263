import CNetfilter

/// The protocol that a rule of iptables is about, which xt extensions such as multiport and TPROXY ask for
/// when the rule is added (NFTA_RULE_COMPAT).
package struct RuleCompatibility: Hashable, Sendable {
  /// IPPROTO_*, 0 for a rule about any protocol.
  package var `protocol`: UInt32
  package var flags: Flags

  package init(protocol: UInt32, flags: Flags = []) {
    self.protocol = `protocol`
    self.flags = flags
  }

  /// NFT_RULE_COMPAT_F_*.
  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// The rule is about every protocol but the one named.
    package static var inverted: Self { Self(rawValue: UInt32(NFT_RULE_COMPAT_F_INV.rawValue)) }
  }
}

extension RuleCompatibility {
  /// What the expressions of a rule say about its protocol: a dumped rule that is to be added again needs it.
  package init(impliedBy expressions: [Expression]) {
    self.init(protocol: 0)
    for (load, compare) in zip(expressions, expressions.dropFirst()) {
      guard case .meta(.load(.transportProtocol, let register)) = load,
        case .compare(let compare) = compare, compare.register == register, let number = compare.value.first
      else { continue }
      self.protocol = UInt32(number)
      flags = compare.operation == .notEqual ? .inverted : []
      return
    }
  }
}
