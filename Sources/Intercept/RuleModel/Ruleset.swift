public import NetworkValues

/// The rules of one address family: its tables, each at most once.
///
/// Built-in chains without rules may be missing; text writers print them as `iptables-save` does.
public struct Ruleset: Hashable, Sendable {
  public let family: IPFamily
  /// The tables in the order they are printed: raw, mangle, nat, filter, security.
  public private(set) var tables: [Table]

  /// Makes a rule set without empty tables.
  public init(_ family: IPFamily, tables: [Table] = []) {
    self.family = family
    self.tables = tables.filter { !$0.isEmpty }.sorted { $0.name < $1.name }
  }

  public subscript(table: TableName) -> Table? { tables.first { $0.name == table } }

  public subscript(table: TableName, chain: ChainName) -> Chain? { self[table]?[chain] }

  public var isEmpty: Bool { tables.isEmpty }

  /// True if there is a chain of Istio.
  public var hasIstioChains: Bool { tables.contains { $0.chains.contains(where: \.name.isIstio) } }

  /// Number of rules in all tables.
  public var ruleCount: Int { tables.reduce(0) { $0 + $1.ruleCount } }
}

extension [Ruleset] {
  /// The rules of a family; none if it is not among them.
  public subscript(family: IPFamily) -> Ruleset { first { $0.family == family } ?? Ruleset(family) }
}

/// A table's name. The order is that of packets' traversal and of listings.
public enum TableName: String, Hashable, Sendable, CaseIterable, Comparable {
  case raw, mangle, nat, filter, security

  public static func < (left: TableName, right: TableName) -> Bool { left.position < right.position }

  private var position: Int {
    switch self {
    case .raw: 0
    case .mangle: 1
    case .nat: 2
    case .filter: 3
    case .security: 4
    }
  }

  /// The built-in chains of the table, in the order `iptables-save` prints them.
  public var hooks: [Hook] {
    switch self {
    case .raw: [.prerouting, .output]
    case .mangle: [.prerouting, .input, .forward, .output, .postrouting]
    case .nat: [.prerouting, .input, .output, .postrouting]
    case .filter, .security: [.input, .forward, .output]
    }
  }
}

/// A table: chains with one purpose.
public struct Table: Hashable, Sendable {
  public let name: TableName
  /// The chains in the order they are printed: built-in chains in the order of `TableName.hooks`, then the others by
  /// name.
  public private(set) var chains: [Chain]

  /// Makes a table without the built-in chains that are in their initial state.
  public init(_ name: TableName, chains: [Chain] = []) {
    self.name = name
    let kept = chains.filter { !$0.isDefault }
    // Dumps are sorted already, and may have thousands of chains.
    let isSorted = zip(kept, kept.dropFirst()).allSatisfy { $0.name < $1.name }
    self.chains = isSorted ? kept : kept.sorted { $0.name < $1.name }
  }

  public subscript(chain: ChainName) -> Chain? { chains.first { $0.name == chain } }

  public var isEmpty: Bool { chains.isEmpty }

  public var ruleCount: Int { chains.reduce(0) { $0 + $1.rules.count } }
}
