public import Intercept
public import Netfilter

/// Rules and routing of interception in a namespace or a text: what a clean removes.
public struct RemovalPlan: Hashable, Sendable {
  /// The rules in tables of iptables in nf_tables, or of a text, of the families that have any; rules of other programs
  /// are left out.
  public let rulesets: [Ruleset]
  /// The rules in the tables of iptables-legacy.
  public let legacy: [Ruleset]
  /// The tables of the native form.
  public let native: [NativeTableReading]
  public let routing: Routing
  /// Unusual rules among them, a sentence each.
  public let warnings: [String]

  /// An empty plan.
  init() {
    self.init([], [], legacy: [], .none, [])
  }

  private init(
    _ rulesets: [Ruleset], _ native: [NativeTableReading], legacy: [Ruleset], _ routing: Routing,
    _ warnings: [String]
  ) {
    (self.rulesets, self.native, self.legacy) = (rulesets, native, legacy)
    (self.routing, self.warnings) = (routing, warnings)
  }

  /// - Parameters:
  ///   - live: all rules of an interface.
  ///   - interface: the interface of the rules.
  ///   - known: rules of a configuration, which are interception rules in any chain.
  public init(_ live: LiveInterception, in interface: RuleInterface = .nfTables, known: [Ruleset]) {
    let owned = live.rulesets.map { $0.owned(known: known[$0.family]) }.filter { !$0.isEmpty }
    let guardRails = live.rulesets.filter { Ownership(of: $0).hasGuardRails }.map {
      "\($0.family): a killed Istio run left its six DROP rules in filter; they are removed"
    }
    let jumps = live.rulesets.flatMap(\.foreignJumps).map {
      "\($0): no release of Istio writes this rule; it leads to a chain of Istio's, and is removed with it"
    }
    let warnings = guardRails + jumps
    switch interface {
    case .nfTables: self.init(owned, live.native, legacy: [], .none, warnings)
    case .legacy: self.init([], live.native, legacy: owned, .none, warnings)
    }
  }

  /// True if there is nothing to remove.
  public var isEmpty: Bool { hasNoRules && routing.isEmpty }

  private var hasNoRules: Bool { rulesets.isEmpty && native.isEmpty && legacy.isEmpty }

  var summary: RuleSummary {
    RuleSummary(rulesets, nativeRules: native.map { $0.chains.ruleCount }, legacy: legacy)
  }

  /// The marks that the TPROXY rules set.
  var tproxyMarks: Set<Mark> {
    let marks = (rulesets + legacy).map(\.tproxyMarks) + native.map(\.tproxyMarks)
    return marks.reduce(into: []) { $0.formUnion($1) }
  }

  /// These rules and those of another plan.
  func adding(_ other: RemovalPlan) -> RemovalPlan {
    RemovalPlan(
      rulesets + other.rulesets, native + other.native, legacy: legacy + other.legacy, routing,
      warnings + other.warnings)
  }

  /// The same rules with routing of interception in the namespace.
  func with(_ routing: Routing) -> RemovalPlan {
    RemovalPlan(rulesets, native, legacy: legacy, routing, warnings)
  }
}

extension RemovalPlan: CustomStringConvertible {
  /// `18 rules in 1 table (IPv4), policy rule and route: fwmark 0x539 lookup 133 (IPv4)`.
  public var description: String {
    let rules = hasNoRules ? [] : [summary.parenthesized]
    return (rules + (routing.isEmpty ? [] : ["\(routing)"])).joined(separator: ", ")
  }

  /// The rules: those of iptables as iptables-save prints them, those of the native form as nft does.
  public var text: String {
    rulesets.map { $0.saveText() }.joined() + native.map(\.nftText).joined()
      + legacy.map { "# \(RuleInterface.legacy)\n\($0.saveText())" }.joined()
  }
}

extension NativeTableReading {
  fileprivate var nftText: String {
    guard let table = NativeTableName(rawValue: name) else {
      return "table inet \(name) { # \(chains.ruleCount) rules in \(chains.count) chains\n}\n"
    }
    return NativeRuleset(tables: [NativeTable(table, chains: chains)]).nftText
  }
}
