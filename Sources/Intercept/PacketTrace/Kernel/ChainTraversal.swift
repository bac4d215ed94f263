public import RuleModel

/// A packet's visit to one base chain, as the kernel tells of it: only of rules that matched.
public struct ChainTraversal: Hashable, Sendable {
  /// Whose chain it is.
  public enum Table: Hashable, Sendable {
    /// One of those that iptables-nft has as well, or one of the native form that stands for it.
    case iptables(TableName)
    /// Another one of nf_tables, by family and name: `inet firewall`.
    case other(String)
    /// The one that marks packets so that the kernel tells of them.
    case watcher
  }

  public let hook: Hook
  public let table: Table
  /// As it came to the chain.
  public let packet: KernelPacket
  /// In order.
  public var matches: [MatchedRule]
  /// What the end of the chain decided; nil if a rule did before.
  public var policy: Policy?

  public init(
    at hook: Hook, _ table: Table, _ packet: KernelPacket, matches: [MatchedRule] = [], policy: Policy? = nil
  ) {
    (self.hook, self.table, self.packet) = (hook, table, packet)
    (self.matches, self.policy) = (matches, policy)
  }

  /// Whether the packet is gone.
  public var drops: Bool { policy == .drop || matches.last?.effect == .drop }
}

/// A rule that matched.
public struct MatchedRule: Hashable, Sendable {
  /// What the kernel did next.
  public enum Effect: Hashable, Sendable {
    case accept
    case drop
    case `return`
    case `continue`
    case jump(String)
    case goto(String)
    /// Something that ends the visit, like a queue to a program.
    case other(String)
  }

  public let chain: String
  /// Counted from 1 in its chain; nil for a rule that is gone, or not one of iptables'.
  public let index: Int?
  /// How many rules from there on stand for it: one of the native form may be several in iptables' terms.
  public let count: Int
  public let handle: UInt64
  /// The rule's comment, where it is not one of iptables'.
  public let comment: String?
  public let effect: Effect

  public init(
    _ chain: String, _ index: Int?, count: Int = 1, handle: UInt64, comment: String? = nil, _ effect: Effect
  ) {
    (self.chain, self.index, self.count, self.handle) = (chain, index, count, handle)
    (self.comment, self.effect) = (comment, effect)
  }
}
