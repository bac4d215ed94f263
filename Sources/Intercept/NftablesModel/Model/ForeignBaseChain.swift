public import RuleModel

/// A base chain of a table that neither iptables nor Istio owns, with its rules that may end a connection.
///
/// The conditions of the rules are not modelled.
public struct ForeignBaseChain: Hashable, Sendable {
  /// Family and name of the table: `inet firewall`.
  public let table: String
  public let name: String
  public let hook: Hook
  /// Chains at one hook run from the lowest to the highest.
  public let priority: Int32
  /// True if packets at the end of the chain are dropped.
  public let dropsByPolicy: Bool
  /// The rules of the chain, and of the chains that it calls, that drop, reject or translate.
  public let rules: [ForeignRule]

  public init(
    table: String, name: String, hook: Hook, priority: Int32, dropsByPolicy: Bool, rules: [ForeignRule]
  ) {
    self.table = table
    self.name = name
    self.hook = hook
    self.priority = priority
    self.dropsByPolicy = dropsByPolicy
    self.rules = rules
  }
}

/// A rule of another program's table, by its effect.
public struct ForeignRule: Hashable, Sendable {
  public enum Effect: String, Hashable, Sendable {
    case drop
    case reject
    /// NAT, TPROXY or a queue to a program.
    case divert
  }

  public let effect: Effect
  public let chain: String
  /// The handle that `nft -a list` prints.
  public let handle: UInt64?
  public let comment: String?
  /// Packets that its counter has counted; nil without a counter.
  public let packets: UInt64?

  public init(
    _ effect: Effect, in chain: String, handle: UInt64?, comment: String? = nil, packets: UInt64? = nil
  ) {
    self.effect = effect
    self.chain = chain
    self.handle = handle
    self.comment = comment
    self.packets = packets
  }
}
