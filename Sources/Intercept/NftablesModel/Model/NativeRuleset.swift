public import RuleModel

/// The rules of both address families in the terms of nf_tables: Istio's own tables of family `inet`.
///
/// A rule does not refer to named sets: its sets are anonymous (`{ 80, 443 }`) and are removed with it.
public struct NativeRuleset: Hashable, Sendable {
  /// The tables, each at most once, in the order in which they are printed: raw, mangle, nat.
  public let tables: [NativeTable]

  /// Creates a rule set of those tables that have chains.
  public init(tables: [NativeTable] = []) {
    self.tables = tables.filter { !$0.chains.isEmpty }.sorted { $0.name < $1.name }
  }

  public subscript(table: NativeTableName) -> NativeTable? { tables.first { $0.name == table } }

  public var isEmpty: Bool { tables.isEmpty }

  /// Number of rules in all tables.
  public var ruleCount: Int { tables.reduce(0) { $0 + $1.chains.reduce(0) { $0 + $1.rules.count } } }
}

/// One of Istio's own tables: chains, in the order in which they are created and listed.
public struct NativeTable: Hashable, Sendable {
  public let name: NativeTableName
  /// The chains, base chains first; no two of one name.
  public let chains: [NativeChain]

  public init(_ name: NativeTableName, chains: [NativeChain] = []) {
    self.name = name
    self.chains = chains
  }

  public subscript(chain: NativeChainName) -> NativeChain? { chains.first { $0.name == chain } }
}

/// The name of one of Istio's own tables, by the iptables table whose rules it has.
public enum NativeTableName: String, Hashable, Sendable, CaseIterable, Comparable {
  case raw = "istio-proxy-raw"
  case mangle = "istio-proxy-mangle"
  case nat = "istio-proxy-nat"

  /// The name in the kernel, in family `inet`.
  public var kernelName: String { rawValue }

  /// The corresponding iptables table.
  public var iptablesName: TableName {
    switch self {
    case .raw: .raw
    case .mangle: .mangle
    case .nat: .nat
    }
  }

  public static func < (left: NativeTableName, right: NativeTableName) -> Bool {
    left.iptablesName < right.iptablesName
  }
}
