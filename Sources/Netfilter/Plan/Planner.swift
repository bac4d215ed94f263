import Intercept

/// Makes the plan from live rules to wanted ones. No input, no output: the same arguments give the same plan.
package struct Planner: Sendable {
  private let live: LiveRules

  package init(_ live: LiveRules) { self.live = live }

  /// The plan that leaves of ours exactly the wanted rules, and touches nothing that is right or foreign.
  ///
  /// - Parameter rewrites: puts rules of ours that are right in once more.
  package func reconcile(_ wanted: WantedRules, rewrites: Bool = false) throws(PlanError) -> Plan {
    try plan(wanted, known: wanted, rewrites: rewrites)
  }

  /// The plan for an installation: nothing to do if all is as wanted.
  ///
  /// - Throws: ``PlanError/differs(_:_:)`` if there are rules of ours that are not as wanted.
  package func install(_ wanted: WantedRules, rewrites: Bool = false) throws(PlanError) -> Plan {
    let plan = try reconcile(wanted)
    if plan.isNothing || isLikeWanted(wanted) {
      return rewrites ? try reconcile(wanted, rewrites: true) : Plan(operations: [], wanted: wanted)
    }
    if plan.removesAnything || hasIstioChains { throw .differs(plan, differences(wanted)) }
    return plan
  }

  /// The plan that takes everything of ours away.
  ///
  /// - Parameter known: rules that are ours, besides those that tell it themselves.
  package func clean(_ known: WantedRules? = nil) throws(PlanError) -> Plan {
    try plan(.none, known: known ?? .none, rewrites: false)
  }

  private func plan(
    _ wanted: WantedRules, known: WantedRules, rewrites: Bool
  ) throws(PlanError) -> Plan {
    var tables: [TablePlan] = []
    for family in IPFamily.allCases {
      let owner = Ownership(of: live[family], wanted: known[family])
      let wanted = wanted[family]
      for name in TableName.allCases {
        tables.append(
          try TablePlan(
            family, name, live: live[family, name], wanted: wanted[name], owner, rewrites: rewrites))
      }
    }
    return Plan(operations: Self.inOrder(tables) + nativeTables, wanted: wanted)
  }

  private var hasIstioChains: Bool {
    live.tables.contains { $0.chains.contains { $0.name?.isIstio == true } }
  }

  /// Whether all rules of ours mean what they should, however they are written.
  private func isLikeWanted(_ wanted: WantedRules) -> Bool {
    nativeTables.isEmpty
      && differences(wanted).flatMap(\.chains).allSatisfy {
        $0.presence == .present && $0.differences.allSatisfy { $0.kind == .shadowed }
      }
  }

  private func differences(_ wanted: WantedRules) -> [RulesetDiff] {
    IPFamily.allCases.map { RulesetDiff(wanted: wanted[$0], live: live[$0]) }.filter { !$0.isEmpty }
  }

  /// The native form's tables, which would go on catching packets beside the rules of this form.
  private var nativeTables: [PlanOperation] {
    live.nativeTables.map { .deleteNativeTable(name: $0.raw.name) }
  }

  /// Chains first, since rules name them; then rules; then the chains that no rule names any more.
  private static func inOrder(_ tables: [TablePlan]) -> [PlanOperation] {
    tables.flatMap(\.making) + tables.flatMap(\.changing) + tables.flatMap(\.removing)
  }
}
