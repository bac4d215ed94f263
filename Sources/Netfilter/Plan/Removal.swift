public import Intercept

/// The rules, chains and tables that a plan removes, one by one.
public struct Removal: Hashable, Sendable {
  /// The rules, as `rule IPv4 nat OUTPUT: -p tcp -j ISTIO_OUTPUT`.
  public private(set) var rules: [String] = []
  /// The chains, as `chain IPv4 nat ISTIO_OUTPUT`.
  public private(set) var chains: [String] = []
  /// The tables, as `table IPv4 nat`.
  public private(set) var tables: [String] = []

  /// A plan names a table that goes as a whole; the live rules have its content.
  package init(_ plan: Plan, from live: LiveRules) {
    for operation in plan.operations { add(operation, live) }
  }

  /// The rules and chains of rule sets, which all go.
  package init(_ rulesets: [Ruleset]) {
    for ruleset in rulesets {
      for table in ruleset.tables {
        for chain in table.chains {
          let place = ChainLocation(family: ruleset.family, table: table.name, chain: chain.name.text)
          rules += chain.rules.map { Self.line($0, place) }
          if chain.name.isIstio { chains.append(Self.line(place)) }
        }
      }
    }
  }

  private mutating func add(_ operation: PlanOperation, _ live: LiveRules) {
    switch operation {
    case .makeTable, .makeChain, .addRule, .makeNativeTable, .makeNativeChain, .addNativeRule: break
    case .deleteRule(let reference, let place): rules.append(Self.line(reference.rule, place))
    case .flushChain(let place):
      let chain = live[place.family, place.table]?[place.chain]
      rules += (chain?.rules ?? []).map { Self.line($0.rule, place) }
    case .deleteChain(let place): chains.append(Self.line(place))
    case .deleteTable(let family, let table): add(live[family, table], family, table)
    case .deleteNativeTable(let name): add(live.nativeTables.first { $0.raw.name == name }, name)
    }
  }

  private mutating func add(_ live: LiveTable?, _ family: IPFamily, _ table: TableName) {
    for chain in live?.chains ?? [] {
      let place = ChainLocation(family: family, table: table, chain: chain.raw.name)
      rules += chain.rules.map { Self.line($0.rule, place) }
      chains.append(Self.line(place))
    }
    tables.append("table \(family) \(table.rawValue)")
  }

  private mutating func add(_ live: LiveNativeTable?, _ name: String) {
    for chain in live?.reading.chains ?? [] {
      rules += chain.rules.map { "rule inet \(name) \(chain.name): \($0.nftText)" }
      chains.append("chain inet \(name) \(chain.name)")
    }
    tables.append("table inet \(name)")
  }

  private static func line(_ rule: Rule, _ place: ChainLocation) -> String {
    "rule \(place.family) \(place.table.rawValue) \(place.chain): \(rule.iptablesText)"
  }

  private static func line(_ place: ChainLocation) -> String {
    "chain \(place.family) \(place.table.rawValue) \(place.chain)"
  }
}

extension InterceptionRules {
  /// The removal that ``clean(_:)`` would commit now.
  public func removal(_ known: [Ruleset] = []) throws(ApplyError) -> Removal {
    let known = try self.wanted(known)
    return try withConnection { (connection) throws(ApplyError) in
      let live = try read(&connection)
      let plan = try plan(for: live) { (planner) throws(PlanError) in try planner.clean(known) }
      return Removal(plan, from: live)
    }
  }
}

extension LegacyRules {
  /// The removal that ``clean(_:)`` would carry out now.
  public func removal(_ known: [Ruleset] = []) throws(LegacyError) -> Removal {
    Removal(
      try live().map { live in live.owned(known: known.first { $0.family == live.family } ?? Ruleset(live.family)) })
  }
}
