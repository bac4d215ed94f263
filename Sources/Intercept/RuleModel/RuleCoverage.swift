public import NetworkValues

/// The tables and chains that a text of rules shows: outputs such as `iptables -t nat -S ISTIO_OUTPUT`, and texts that are
/// cut, show a part of a rule set.
public struct RuleCoverage: Hashable, Sendable {
  /// The tables; nil for all.
  public var tables: Set<TableName>?
  /// The tables of which only a part is shown.
  private var parts: [Place: Part] = [:]

  private struct Place: Hashable {
    let family: IPFamily
    let table: TableName
  }

  /// The part of a table that is shown.
  public struct Part: Hashable, Sendable {
    /// The chains of which all or some rules are shown.
    public var chains: Set<ChainName>
    /// The places where rules may be missing, each as the number of shown rules of the chain before it.
    public var gaps: [ChainName: [Int]]

    public init(chains: Set<ChainName>, gaps: [ChainName: [Int]] = [:]) {
      self.chains = chains
      self.gaps = gaps
    }
  }

  public init(tables: Set<TableName>? = nil) {
    self.tables = tables
  }

  /// The shown part of a table; nil if all of it is shown, or none.
  public subscript(table: TableName, family: IPFamily) -> Part? {
    get { parts[Place(family: family, table: table)] }
    set { parts[Place(family: family, table: table)] = newValue }
  }

  /// True if every table that is listed is shown whole.
  public var showsWholeTables: Bool { parts.isEmpty }

  /// True if rules may be missing between those of a chain.
  public var hasGaps: Bool { parts.values.contains { !$0.gaps.isEmpty } }

  /// The chains of the tables that are shown in part: those that are shown whole, and those with gaps.
  public var chainsOfParts: [(table: TableName, whole: [ChainName], cut: [ChainName])] {
    TableName.allCases.compactMap { table in
      let own = parts.filter { $0.key.table == table }.values
      let cut = own.reduce(into: Set()) { $0.formUnion($1.gaps.keys) }
      let whole = own.reduce(into: Set()) { $0.formUnion($1.chains) }.subtracting(cut)
      return own.isEmpty ? nil : (table, whole.sorted(), cut.sorted())
    }
  }
}

extension Ruleset {
  /// The rules of the tables and chains that a text shows.
  public func limited(to coverage: RuleCoverage) -> Ruleset {
    guard coverage != RuleCoverage() else { return self }
    return Ruleset(
      family,
      tables: tables.compactMap { table in
        guard coverage.tables?.contains(table.name) ?? true else { return nil }
        guard let part = coverage[table.name, family] else { return table }
        return Table(table.name, chains: table.chains.filter { part.chains.contains($0.name) })
      })
  }

  /// The rules of a text, with ``OpaqueTarget/unlistedRules`` wherever a packet may meet rules that the text does not
  /// show.
  public func markingUnlistedRules(_ coverage: RuleCoverage) -> Ruleset {
    guard !coverage.showsWholeTables else { return self }
    return Ruleset(
      family,
      tables: TableName.allCases.compactMap { name in
        let table = self[name] ?? Table(name)
        return coverage[name, family].map(table.markingUnlistedRules) ?? table
      })
  }
}

extension Table {
  /// The chains that change or decide the destination of connections: those of nat for sources do not.
  private var decidingHooks: [Hook] {
    name.hooks.filter { name != .nat || $0 == .prerouting || $0 == .output }
  }

  fileprivate func markingUnlistedRules(_ part: RuleCoverage.Part) -> Table {
    let targets = chains.flatMap(\.rules).compactMap(\.target.destination)
    let needed = Set(decidingHooks.map(ChainName.init) + targets)
    let unlisted = needed.subtracting(part.chains)
    let shown = chains.filter { !unlisted.contains($0.name) }.map { $0.marking(part.gaps[$0.name] ?? []) }
    let silent = Set(part.gaps.keys).subtracting(shown.map(\.name)).subtracting(unlisted)
    return Table(
      name, chains: shown + unlisted.union(silent).map { Chain($0, rules: [.unlisted]) })
  }
}

extension Chain {
  fileprivate func marking(_ gaps: [Int]) -> Chain {
    var rules = rules
    for gap in gaps.sorted(by: >) { rules.insert(.unlisted, at: min(gap, rules.count)) }
    return Chain(name, policy: policy, rules: rules)
  }
}

extension Rule {
  fileprivate static let unlisted = Rule([], .opaque(.unlistedRules))

  /// True for the place of rules that a text does not show.
  public var isUnlisted: Bool { target == .opaque(.unlistedRules) }
}
