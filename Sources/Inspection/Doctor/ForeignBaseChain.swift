public import Intercept

/// A base chain of a table that does not hold Istio's rules, with its rules that may end a connection.
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
    /// No connection tracking, and so no NAT.
    case untrack
  }

  public let effect: Effect
  /// The rule as `nft` prints it.
  public let text: String
  public let chain: String
  /// The handle that `nft -a list` prints.
  public let handle: UInt64?
  public let comment: String?
  /// Packets that its counter has counted; nil without a counter.
  public let packets: UInt64?

  public init(
    _ effect: Effect, _ text: String, in chain: String, handle: UInt64?, comment: String? = nil,
    packets: UInt64? = nil
  ) {
    self.effect = effect
    self.text = text
    self.chain = chain
    self.handle = handle
    self.comment = comment
    self.packets = packets
  }
}

extension ForeignBaseChain {
  /// The base chains of active tables of family inet, ip or ip6, of tables that are not Istio's own.
  public static func all(in ruleset: NftRuleset) -> [ForeignBaseChain] {
    let families: Set<NftFamily> = [.inet, .ip, .ip6]
    return ruleset.tables.filter { table in
      !table.isDormant && table.istioName == nil && families.contains(table.family)
    }.flatMap { table in table.chains.compactMap { ForeignBaseChain($0, of: table) } }
  }

  /// Nil for a chain without a hook of IP.
  private init?(_ chain: NftChain, of table: NftTable) {
    guard let base = chain.base, let hook = base.hook else { return nil }
    let rules = table.reachable(from: chain).flatMap { chain in
      chain.rules.compactMap { ForeignRule($0, in: chain.name) }
    }
    self.init(
      table: table.title, name: chain.name, hook: hook, priority: base.priority,
      dropsByPolicy: base.policy == .drop, rules: rules)
  }
}

extension NftTable {
  /// The chain and those that it calls, each once.
  fileprivate func reachable(from start: NftChain) -> [NftChain] {
    var order = [start]
    var next = 0
    while next < order.count {
      let called = order[next].rules.flatMap(\.parts).compactMap(\.calledChain)
      for name in called where !order.contains(where: { $0.name == name }) {
        if let chain = self[chain: name] { order.append(chain) }
      }
      next += 1
    }
    return order
  }
}

extension ForeignRule {
  /// Nil for a rule that neither drops, nor rejects, nor diverts packets.
  fileprivate init?(_ rule: NftRule, in chain: String) {
    guard let effect = rule.parts.lazy.compactMap(\.foreignEffect).first,
      effect != .untrack || !rule.parts.contains(where: \.isForUDP)
    else { return nil }
    self.init(
      effect, rule.text, in: chain, handle: rule.handle, comment: rule.comment,
      packets: rule.counters?.packets)
  }
}

extension NftPart {
  /// True for a comparison with the protocol UDP, or with its ports.
  fileprivate var isForUDP: Bool {
    if case .iptables(let match) = self { return match.isForUDP }
    guard case .match(let match) = self else { return false }
    return match.text.hasPrefix("udp ") || match.text == "meta l4proto udp" || match.text == "ip protocol udp"
      || match.text == "ip6 nexthdr udp"
  }

  fileprivate var foreignEffect: ForeignRule.Effect? {
    guard case .statement(let statement) = self else { return nil }
    return switch statement {
    case .verdict(.drop): .drop
    case .reject: .reject
    case .redirect, .dnat, .snat, .tproxy, .queue: .divert
    // Targets with options that the model of nf_tables does not have.
    case .opaque("xt target \"REDIRECT\""), .opaque("xt target \"DNAT\""), .opaque("xt target \"TPROXY\""):
      .divert
    case .untrack: .untrack
    case .verdict, .verdictMap, .counter, .masquerade, .setMark, .setConnectionMark, .setZone, .neutral,
      .opaque:
      nil
    }
  }
}

extension Match {
  /// True for a match of UDP's header.
  fileprivate var isForUDP: Bool { if case .udp = self { true } else { false } }
}
