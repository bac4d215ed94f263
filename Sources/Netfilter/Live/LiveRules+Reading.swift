import Intercept

extension NFTablesConnection where Transport: ~Copyable {
  /// Reads all tables of iptables-nft and of the native form, with everything in them, as they were at one moment.
  package mutating func liveRules() throws(NetlinkError) -> LiveRules {
    let (dump, generation) = try consistently { (connection) throws(NetlinkError) in
      try connection.dump()
    }
    return LiveRules(
      generation: generation, tables: dump.liveTables, nativeTables: dump.nativeTables)
  }

  private mutating func dump() throws(NetlinkError) -> Dump {
    var dump = Dump(tables: try tables())
    for family in dump.families {
      dump.chains += try chains(family)
      dump.rules += try rules(family)
    }
    dump.nativeTables = try nativeTables(dump.tables.filter(\.isNativeForm))
    return dump
  }
}

/// The kernel's three lists, before they are put together.
private struct Dump {
  var tables: [RawTable]
  var chains: [RawChain] = []
  var rules: [RawRule] = []
  var nativeTables: [LiveNativeTable] = []

  init(tables: [RawTable]) { self.tables = tables }

  /// The families to list: all at once, unless there are tables whose rules need not be listed, which may be
  /// thousands.
  var families: [TableFamily] {
    let known = tables.filter { $0.iptablesName != nil }.map(\.family)
    if known.isEmpty { return [] }
    if known.count == tables.count { return [.any] }
    return [.ip, .ip6].filter(known.contains)
  }

  var liveTables: [LiveTable] {
    let rules = Dictionary(grouping: rules) { Self.key($0.family, $0.table, $0.chain) }
    let chains = Dictionary(grouping: chains) { Self.key($0.family, $0.table) }
    return tables.compactMap { table in
      let live = chains[Self.key(table.family, table.name)] ?? []
      return LiveTable(
        table,
        chains: live.map { LiveChain($0, rules: rules[Self.key($0.family, $0.table, $0.name)] ?? []) })
    }
  }

  /// A text, since a type of its own costs a search for its hash. No name has a NUL, so no two places share one.
  private static func key(_ family: TableFamily, _ table: String, _ chain: String = "") -> String {
    "\(family)\0\(table)\0\(chain)"
  }
}

extension LiveChain {
  fileprivate init(_ raw: RawChain, rules: [RawRule]) {
    let family = raw.family.addressFamily
    self.init(raw, rules: family.map { family in rules.compactMap { LiveRule($0, family) } } ?? [])
  }
}

extension LiveRule {
  /// Every rule of a dump has a handle.
  fileprivate init?(_ raw: RawRule, _ family: IPFamily) {
    guard let handle = raw.handle else { return nil }
    self.init(rule: Rule(raw, family), handle: handle, raw: raw)
  }
}
