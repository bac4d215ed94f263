package import Intercept

/// Makes the plan from live rules to wanted ones. No input, no output: the same arguments give the same plan.
package struct Planner: Sendable {
  private let live: LiveRules
  private let ownership: OwnershipMaker

  package init(_ live: LiveRules, ownership: @escaping OwnershipMaker) {
    self.live = live
    self.ownership = ownership
  }

  /// The plan that leaves of ours exactly the wanted rules, and touches nothing that is right or foreign.
  ///
  /// - Parameter rewrites: puts rules of ours that are right in once more.
  package func reconcile(_ wanted: [Ruleset], rewrites: Bool = false) throws(PlanError) -> Plan {
    var tables: [TablePlan] = []
    var kept: [Ruleset] = []
    for family in IPFamily.allCases {
      let wanted = try Self.asKept(wanted.first { $0.family == family } ?? Ruleset(family))
      kept.append(wanted)
      let owner = ownership(live[family], wanted)
      for name in TableName.allCases {
        tables.append(
          try TablePlan(
            family, name, live: live[family, name], wanted: wanted[name], owner, rewrites: rewrites))
      }
    }
    return Plan(operations: Self.inOrder(tables) + nativeTables, wanted: kept)
  }

  /// The plan for an installation: nothing to do if all is as wanted.
  ///
  /// - Throws: ``PlanError/differs(_:)`` if there are rules of ours that are not as wanted.
  package func install(_ wanted: [Ruleset], rewrites: Bool = false) throws(PlanError) -> Plan {
    let plan = try reconcile(wanted)
    if plan.isNothing { return rewrites ? try reconcile(wanted, rewrites: true) : plan }
    if plan.removesAnything || hasIstioChains { throw .differs(plan) }
    return plan
  }

  /// The plan that takes everything of ours away.
  ///
  /// - Parameter wanted: rules that are known to be ours, besides those that tell it themselves.
  package func clean(_ wanted: [Ruleset] = []) throws(PlanError) -> Plan {
    let known = try wanted.map(Self.asKept)
    let planner = Planner(live) { [ownership] live, _ in
      ownership(live, known.first { $0.family == live.family } ?? Ruleset(live.family))
    }
    return try planner.reconcile([])
  }

  private var hasIstioChains: Bool {
    live.tables.contains { $0.chains.contains { $0.name?.isIstio == true } }
  }

  /// The native form's tables, which would go on catching packets beside the rules of this form.
  private var nativeTables: [PlanOperation] {
    live.foreignTables.filter { $0.family == .inet && $0.name.hasPrefix("istio-proxy-") }
      .map { .deleteNativeTable(NativeTable(raw: $0)) }
  }

  /// Chains first, since rules name them; then rules; then the chains that no rule names any more.
  private static func inOrder(_ tables: [TablePlan]) -> [PlanOperation] {
    tables.flatMap(\.making) + tables.flatMap(\.changing) + tables.flatMap(\.removing)
  }

  private static func asKept(_ ruleset: Ruleset) throws(PlanError) -> Ruleset {
    do {
      return try ruleset.asKept()
    } catch {
      throw .encoding(error)
    }
  }
}

extension Ruleset {
  /// The rule set as it reads once it has been in the kernel.
  ///
  /// - Throws: ``RuleEncodingError`` if it can never be there.
  package func asKept() throws(RuleEncodingError) -> Ruleset {
    var tables: [Table] = []
    for table in self.tables {
      var chains: [Chain] = []
      for chain in table.chains {
        var rules: [Rule] = []
        for rule in chain.rules { rules.append(try rule.asKept(family)) }
        chains.append(Chain(chain.name, policy: chain.policy, rules: rules))
      }
      tables.append(Table(table.name, chains: chains))
    }
    return Ruleset(family, tables: tables)
  }
}
