package import Intercept

/// Everything that nf_tables holds in one network namespace at one moment, as far as it may be ours: the tables that
/// iptables-nft shares in, and those of the native form.
package struct LiveRules: Hashable, Sendable {
  /// The moment; a batch planned for it is refused at any other.
  package let generation: Generation
  /// The tables of iptables-nft, in the order they were made.
  package let tables: [LiveTable]
  /// The tables of the native form, in the order they were made.
  package let nativeTables: [LiveNativeTable]

  package init(
    generation: Generation, tables: [LiveTable] = [], nativeTables: [LiveNativeTable] = []
  ) {
    self.generation = generation
    self.tables = tables
    self.nativeTables = nativeTables
  }

  package subscript(family: IPFamily, table: TableName) -> LiveTable? {
    tables.first { $0.family == family && $0.name == table }
  }

  /// The rules of one family, in the rule model.
  package subscript(family: IPFamily) -> Ruleset {
    Ruleset(family, tables: tables.filter { $0.family == family }.map(\.table))
  }
}
