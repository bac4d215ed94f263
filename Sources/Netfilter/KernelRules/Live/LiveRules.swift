package import Intercept
package import NFTables
package import Netlink
import RuleEncoding

/// The rules of one network namespace in one generation: the tables of iptables-nft and those in nftables form.
package struct LiveRules: Hashable, Sendable {
  /// The generation; a batch planned for it is refused in any other.
  package let generation: Generation
  /// The tables of iptables-nft in the order of their creation.
  package let tables: [LiveTable]
  /// The tables in nftables form in the order of their creation.
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
  /// The chains in the order of their creation.
  package let chains: [LiveChain]
  /// Objects besides rules that lead to Istio chains, by the name of the chain.
  package internal(set) var holders: [String: [String]] = [:]

  /// Nil if iptables-nft does not use the table.
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

  /// True if the table contains objects other than chains.
  package var holdsMoreThanChains: Bool { Int(raw.uses) > chains.count }
}

extension RawTable {
  /// The address family and name of the table in iptables; nil if iptables does not use it.
  package var iptablesName: (IPFamily, TableName)? {
    guard let family = family.addressFamily, let name = TableName(rawValue: name) else { return nil }
    return (family, name)
  }
}

/// A chain of iptables-nft in the kernel.
package struct LiveChain: Hashable, Sendable {
  package let raw: RawChain
  /// The name; nil if iptables does not accept it.
  package let name: ChainName?
  /// The rules in the order of evaluation.
  package let rules: [LiveRule]

  package init(_ raw: RawChain, rules: [LiveRule]) {
    self.raw = raw
    self.rules = rules
    name = ChainName(raw.name)
  }

  /// True if a hook calls the chain.
  package var isBase: Bool { raw.base != nil }

  /// The policy.
  package var policy: Policy {
    switch raw.base?.policy {
    case .drop: .drop
    case .accept, nil: .accept
    }
  }

  /// The chain in the rule model; nil if iptables does not accept its name.
  package var chain: Chain? { name.map { Chain($0, policy: policy, rules: rules.map(\.rule)) } }
}

/// A rule in the kernel, decoded, with its handle.
package struct LiveRule: Hashable, Sendable {
  package let rule: Rule
  package let handle: Handle
  /// The rule as received, with its counters.
  package let raw: RawRule

  package init(rule: Rule, handle: Handle, raw: RawRule) {
    self.rule = rule
    self.handle = handle
    self.raw = raw
  }
}

extension NFTablesConnection where Transport: ~Copyable {
  /// Reads the tables of iptables-nft and those in nftables form with their contents, all of one generation.
  package mutating func liveRules() throws(NetlinkError) -> LiveRules {
    let (live, generation) = try consistently { (connection) throws(NetlinkError) in
      let dump = try connection.dump()
      var tables = dump.liveTables
      for index in tables.indices { tables[index].holders = try connection.holders(of: tables[index]) }
      return (tables, dump.nativeTables)
    }
    return LiveRules(generation: generation, tables: live.0, nativeTables: live.1)
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

/// The kernel's lists of tables, chains and rules.
private struct Dump {
  var tables: [RawTable]
  var chains: [RawChain] = []
  var rules: [RawRule] = []
  var nativeTables: [LiveNativeTable] = []

  init(tables: [RawTable]) { self.tables = tables }

  /// The families to list: all at once, unless there are foreign tables, which may have thousands of rules.
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

  /// A String, since a custom Hashable key costs a conformance lookup at start-up. NUL cannot occur in names.
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
  /// Nil without a handle, which every rule of a dump has.
  fileprivate init?(_ raw: RawRule, _ family: IPFamily) {
    guard let handle = raw.handle else { return nil }
    self.init(rule: Rule(raw, family), handle: handle, raw: raw)
  }
}
