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

/// A table of iptables-nft in the kernel.
package struct LiveTable: Hashable, Sendable {
  package let family: IPFamily
  package let name: TableName
  package let raw: RawTable
  /// In the order they were made.
  package let chains: [LiveChain]

  /// Nil if the table is none of those that iptables-nft uses.
  package init?(_ raw: RawTable, chains: [LiveChain]) {
    guard let (family, name) = raw.iptablesName else { return nil }
    self.family = family
    self.name = name
    self.raw = raw
    self.chains = chains
  }

  /// The table in the rule model.
  package var table: Table { Table(name, chains: chains.compactMap(\.chain)) }

  package subscript(chain: String) -> LiveChain? { chains.first { $0.raw.name == chain } }

  /// Whether there are sets or other things in it besides chains.
  package var holdsMoreThanChains: Bool { Int(raw.uses) > chains.count }
}

extension RawTable {
  /// The address family and name that iptables knows the table by; nil if it does not.
  package var iptablesName: (IPFamily, TableName)? {
    guard let family = family.addressFamily, let name = TableName(rawValue: name) else { return nil }
    return (family, name)
  }
}

/// A chain in the kernel, in one of the tables of iptables-nft.
package struct LiveChain: Hashable, Sendable {
  package let raw: RawChain
  /// Nil if the name is one that iptables does not take.
  package let name: ChainName?
  /// In the order they run.
  package let rules: [LiveRule]

  package init(_ raw: RawChain, rules: [LiveRule]) {
    self.raw = raw
    self.rules = rules
    name = ChainName(raw.name)
  }

  /// Whether packets come here without being sent by a rule.
  package var isBase: Bool { raw.base != nil }

  /// What becomes of packets at the chain's end.
  package var policy: Policy {
    switch raw.base?.policy {
    case .drop: .drop
    case .accept, nil: .accept
    }
  }

  /// The chain in the rule model; nil if its name does not fit there.
  package var chain: Chain? { name.map { Chain($0, policy: policy, rules: rules.map(\.rule)) } }
}

/// A rule in the kernel: what it means, and what the kernel calls it.
package struct LiveRule: Hashable, Sendable {
  package let rule: Rule
  package let handle: Handle
  /// As the kernel sent it, counters and all.
  package let raw: RawRule

  package init(rule: Rule, handle: Handle, raw: RawRule) {
    self.rule = rule
    self.handle = handle
    self.raw = raw
  }
}

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
