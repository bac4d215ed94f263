public import RuleModel

/// What the kernel told of one packet, and the rules it went by.
public struct KernelPacketTrace: Hashable, Sendable {
  /// In order; never empty.
  public var visits: [ChainTraversal]
  /// Whether the packet's end is known. If not, the kernel stopped telling: routing may have dropped it.
  public var isWhole: Bool
  /// The rules of the packet's family at that time.
  public var rules: Ruleset

  public init(_ visits: [ChainTraversal], isWhole: Bool, rules: Ruleset) {
    (self.visits, self.isWhole, self.rules) = (visits, isWhole, rules)
  }

  /// Where the packet was when the connection began; nil if there is no visit.
  public var first: KernelPacket? { visits.first?.packet }
}
