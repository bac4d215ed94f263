/// The rules of both address families in nf_tables' own terms: tables of family `inet` that are ours alone.
///
/// Everything a rule needs is in the rule: sets are anonymous (`{ 80, 443 }`), so that they come and go with it.
public struct NativeRuleset: Hashable, Sendable {
  /// The tables, each at most once, in the order they are printed: raw, mangle, nat.
  public let tables: [NativeTable]

  /// Makes a rule set, leaving out tables that hold nothing.
  public init(tables: [NativeTable] = []) {
    self.tables = tables.filter { !$0.chains.isEmpty }.sorted { $0.name < $1.name }
  }

  public subscript(table: NativeTableName) -> NativeTable? { tables.first { $0.name == table } }

  public var isEmpty: Bool { tables.isEmpty }

  /// How many rules there are in all tables.
  public var ruleCount: Int { tables.reduce(0) { $0 + $1.chains.reduce(0) { $0 + $1.rules.count } } }
}
