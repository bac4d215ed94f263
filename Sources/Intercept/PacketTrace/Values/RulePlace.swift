public import NetworkValues
public import NftablesRuleset
public import RuleModel

/// The table of a traced rule.
public enum TracedTable: Hashable, Sendable {
  /// A table of iptables, or the corresponding one of Istio's native form.
  case iptables(TableName)
  /// A table of iptables-legacy, which packets traverse besides that of nf_tables.
  case legacy(TableName)
  /// Another table of nf_tables, by family and name: `inet firewall`.
  case nftables(String)

  /// A table of one of the backends of iptables.
  package init(_ table: TableName, isLegacy: Bool) { self = isLegacy ? .legacy(table) : .iptables(table) }

  /// `nat`, `nat, iptables-legacy`, `inet firewall`.
  public var name: String {
    switch self {
    case .iptables(let table): table.rawValue
    case .legacy(let table): "\(table.rawValue), iptables-legacy"
    case .nftables(let title): title
    }
  }

  /// True for a table of iptables, of either backend.
  public var isOfIptables: Bool {
    switch self {
    case .iptables, .legacy: true
    case .nftables: false
    }
  }

  /// The table of iptables; nil for another one.
  public var iptablesName: TableName? {
    switch self {
    case .iptables(let table): table
    case .legacy, .nftables: nil
    }
  }
}

/// Table, chain and index of a rule.
public struct RulePlace: Hashable, Sendable {
  public let table: TracedTable
  public let chain: String
  /// Index in the chain, from 1 as in iptables.
  public let index: Int

  /// - Parameter index: the index of the rule, from 1.
  package init(table: TracedTable, chain: String, index: Int) {
    self.table = table
    self.chain = chain
    self.index = index
  }

  init(table: TableName, chain: ChainName, index: Int) {
    self.init(table: .iptables(table), chain: chain.text, index: index)
  }
}

extension RulePlace: CustomStringConvertible {
  public var description: String { "rule \(index) of \(chain) (\(table.name))" }
}

/// A rule on the path of a packet.
public enum TracedRule: Hashable, Sendable {
  case iptables(Rule)
  case nftables(NftRule)

  /// The rule as `iptables-save` or `nft -s` prints it.
  public var text: String {
    switch self {
    case .iptables(let rule): rule.iptablesText
    case .nftables(let rule): rule.text
    }
  }

  /// The reason for the rule: that of the builder, or the comment in the kernel.
  public var reason: String? {
    switch self {
    case .iptables(let rule): rule.reason
    case .nftables(let rule): rule.comment
    }
  }

  /// The rule's counters; nil if they were not read.
  public var counters: Counters? {
    switch self {
    case .iptables(let rule): rule.counters
    case .nftables(let rule): rule.counters
    }
  }
}

/// The part of a rule that decided that it does not match, or may not.
public enum TracedMatch: Hashable, Sendable {
  case iptables(Match)
  case nftables(NftPart)

  /// The match as `iptables-save` or `nft` prints it.
  public var text: String {
    switch self {
    case .iptables(let match): match.iptablesText
    case .nftables(let part): part.text
    }
  }
}
