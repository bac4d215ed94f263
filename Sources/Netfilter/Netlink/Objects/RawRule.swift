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
  /// What xt extensions are told about the rule when it is added. The kernel does not keep it: a dump has none.
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
