/// A table of the native form in the kernel, with everything in it, whoever made it: the name is claim enough.
package struct LiveNativeTable: Hashable, Sendable {
  package let raw: RawTable
  /// In the order they were made.
  package let chains: [LiveNativeChain]
  /// In the order they were made.
  package let sets: [LiveNativeSet]

  package init(_ raw: RawTable, chains: [LiveNativeChain] = [], sets: [LiveNativeSet] = []) {
    self.raw = raw
    self.chains = chains
    self.sets = sets
  }
}

/// A chain of such a table.
package struct LiveNativeChain: Hashable, Sendable {
  package let raw: RawChain
  /// In the order they run.
  package let rules: [RawRule]

  package init(_ raw: RawChain, rules: [RawRule]) {
    self.raw = raw
    self.rules = rules
  }
}

/// A set of such a table.
package struct LiveNativeSet: Hashable, Sendable {
  package let raw: RawSet
  /// In the kernel's order.
  package let elements: [RawSetElement]

  package init(_ raw: RawSet, elements: [RawSetElement]) {
    self.raw = raw
    self.elements = elements
  }
}

extension RawTable {
  /// Whether the table has a name that only the native form gives.
  package var isNativeForm: Bool { family == .inet && name.hasPrefix("istio-proxy-") }
}

extension NFTablesConnection where Transport: ~Copyable {
  /// Reads everything in some tables of family `inet`.
  mutating func nativeTables(_ tables: [RawTable]) throws(NetlinkError) -> [LiveNativeTable] {
    if tables.isEmpty { return [] }
    let chains = Dictionary(grouping: try chains(.inet), by: \.table)
    var live: [LiveNativeTable] = []
    for table in tables {
      let rules = Dictionary(grouping: try rules(.inet, table: table.name), by: \.chain)
      live.append(
        LiveNativeTable(
          table, chains: (chains[table.name] ?? []).map { LiveNativeChain($0, rules: rules[$0.name] ?? []) },
          sets: try nativeSets(of: table)))
    }
    return live
  }

  private mutating func nativeSets(of table: RawTable) throws(NetlinkError) -> [LiveNativeSet] {
    var live: [LiveNativeSet] = []
    for set in try sets(.inet, table: table.name) {
      live.append(LiveNativeSet(set, elements: try elements(of: set)))
    }
    return live
  }
}
