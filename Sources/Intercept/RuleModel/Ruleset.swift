public import NetworkValues

/// The rules of one address family: its tables, each at most once.
///
/// A rule set holds only what is there. Built-in chains without rules need not be listed; text writers print
/// them as `iptables-save` does.
public struct Ruleset: Hashable, Sendable {
  public let family: IPFamily
  /// The tables, in the order they are printed: raw, mangle, nat, filter, security.
  public private(set) var tables: [Table]

  /// Makes a rule set, leaving out tables that hold nothing.
  public init(_ family: IPFamily, tables: [Table] = []) {
    self.family = family
    self.tables = tables.filter { !$0.isEmpty }.sorted { $0.name < $1.name }
  }

  public subscript(table: TableName) -> Table? { tables.first { $0.name == table } }

  public subscript(table: TableName, chain: ChainName) -> Chain? { self[table]?[chain] }

  public var isEmpty: Bool { tables.isEmpty }

  /// How many rules there are in all tables.
  public var ruleCount: Int { tables.reduce(0) { $0 + $1.ruleCount } }
}
