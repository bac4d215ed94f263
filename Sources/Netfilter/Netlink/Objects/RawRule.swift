import CNetfilter

/// A rule as the kernel has it, expressions and all (NFT_MSG_NEWRULE).
package struct RawRule: Hashable, Sendable {
  package var family: TableFamily
  package var table: String
  package var chain: String
  /// Nil for a rule that is not in the kernel yet.
  package var handle: Handle?
  /// In a dump: the rule before this one. In a message that adds: the rule to go behind; in one that inserts:
  /// the rule to go in front of.
  package var position: Handle?
  /// What iptables-nft notes for its extensions.
  package var compatibility: RuleCompatibility?
  /// Type-length-value triples of the program that made the rule, such as a comment.
  package var userdata: [UInt8]
  package var expressions: [Expression]

  package init(
    family: TableFamily, table: String, chain: String, handle: Handle? = nil, position: Handle? = nil,
    compatibility: RuleCompatibility? = nil, userdata: [UInt8] = [], expressions: [Expression] = []
  ) {
    self.family = family
    self.table = table
    self.chain = chain
    self.handle = handle
    self.position = position
    self.compatibility = compatibility
    self.userdata = userdata
    self.expressions = expressions
  }
}

/// NFTA_RULE_COMPAT: the protocol that a rule of iptables is about, for xt extensions that ask.
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
