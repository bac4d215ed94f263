import Intercept

/// Makes the plan from live rules to wanted ones. No input, no output: the same arguments give the same plan.
package struct Planner: Sendable {
  private let live: LiveRules
  private let reading: LiveInterception

  package init(_ live: LiveRules) {
    self.live = live
    reading = LiveInterception(live)
  }

  /// The plan that leaves of ours exactly the wanted rules, and touches nothing that is right or foreign.
  ///
  /// - Parameter rewrites: puts rules of ours that are right in once more.
  package func reconcile(_ wanted: WantedRules, rewrites: Bool = false) throws(PlanError) -> Plan {
    var tables: [TablePlan] = []
    for family in IPFamily.allCases {
      let owner = Ownership(of: reading[family], wanted: wanted.known[family])
      for name in TableName.allCases {
        tables.append(
          try TablePlan(
            family, name, live: live[family, name], wanted: wanted[family][name], owner, rewrites: rewrites))
      }
    }
    let native = NativePlan(live: reading.native, wanted: wanted.native, rewrites: rewrites)
    return Plan(operations: Self.inOrder(tables) + native.operations, wanted: wanted)
  }

  /// The plan for an installation: nothing to do if all is as wanted.
  ///
  /// - Throws: ``PlanError/differs(_:_:)`` if there are rules of ours that are not as wanted.
  package func install(_ wanted: WantedRules, rewrites: Bool = false) throws(PlanError) -> Plan {
    let plan = try reconcile(wanted)
    if !plan.isNothing {
      guard plan.removesAnything || hasOurs else { return plan }
      let diff = InterceptionDiff(wanted: wanted, live: reading)
      guard diff.isLikeNothing else { throw .differs(plan, diff) }
    }
    return rewrites ? try reconcile(wanted, rewrites: true) : Plan(operations: [], wanted: wanted)
  }

  /// The plan that takes everything of ours away.
  ///
  /// - Parameter known: rules that are ours, besides those that tell it themselves.
  package func clean(_ known: WantedRules? = nil) throws(PlanError) -> Plan {
    try reconcile(.none(knowing: known?.known ?? []))
  }

  private var hasOurs: Bool {
    !live.nativeTables.isEmpty || live.tables.contains { $0.chains.contains { $0.name?.isIstio == true } }
  }

  /// Chains first, since rules name them; then rules; then the chains that no rule names any more.
  private static func inOrder(_ tables: [TablePlan]) -> [PlanOperation] {
    tables.flatMap(\.making) + tables.flatMap(\.changing) + tables.flatMap(\.removing)
  }
}

/// What has to be done to the rules of a namespace, in the order in which it can be done.
public struct Plan: Hashable, Sendable {
  public let operations: [PlanOperation]
  /// The rules as they will be once it is done.
  package let wanted: WantedRules

  /// Whether the rules are as they should be.
  public var isNothing: Bool { operations.isEmpty }

  /// Whether anything that is there now has to go: without that, it is a first installation.
  public var removesAnything: Bool {
    operations.contains {
      switch $0 {
      case .makeTable, .makeChain, .addRule, .makeNativeTable, .makeNativeChain, .addNativeRule: false
      case .deleteRule, .flushChain, .deleteChain, .deleteTable, .deleteNativeTable: true
      }
    }
  }
}

extension Plan: CustomStringConvertible {
  /// A line per operation.
  public var description: String { operations.map(\.description).joined(separator: "\n") }
}

/// Why there can be no plan.
public enum PlanError: Error, Hashable, Sendable {
  /// A chain has the name of a built-in one and no packet ever comes to it: somebody made it by hand.
  case notCalled(ChainLocation)
  /// Rules of ours are there, and not as they should be: the plan that would set them right, and in what they
  /// differ.
  case differs(Plan, InterceptionDiff)
}

extension PlanError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notCalled(let place):
      "chain \(place) has the name of a built-in chain, but no hook calls it: remove it first"
    case .differs(let plan, let diff):
      "other Istio rules are already installed; --reconcile replaces them. Differences:\n"
        + (diff.isEmpty ? plan.description : diff.description)
    }
  }
}
