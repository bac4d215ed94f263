import Intercept
import NFTables
import RuleEncoding

/// Makes a plan from live rules to wanted ones. Pure: the same arguments give the same plan.
package struct Planner: Sendable {
  private let live: LiveRules
  private let reading: LiveInterception

  package init(_ live: LiveRules) {
    self.live = live
    reading = LiveInterception(live)
  }

  /// The plan after which exactly the wanted Istio rules are installed. It keeps right and foreign rules.
  ///
  /// - Parameter rewrites: replaces right Istio rules too.
  package func reconcile(_ wanted: WantedRules, rewrites: Bool = false) throws(PlanError) -> Plan {
    var tables: [TablePlan] = []
    for family in IPFamily.allCases {
      let owner = Ownership(of: reading[family], wanted: wanted.known[family])
      if let rule = owner.contested(in: reading[family], beside: wanted[family]).first {
        throw .blocked(.contested(rule))
      }
      for name in TableName.allCases {
        tables.append(
          try TablePlan(
            family, name, live: live[family, name], wanted: wanted[family][name], owner, rewrites: rewrites))
      }
    }
    let native = NativePlan(live: reading.native, wanted: wanted.native, rewrites: rewrites)
    let changed = native.removing.isEmpty && native.making.isEmpty ? [] : live.nativeTables.map(\.raw)
    if let table = changed.first(where: \.isOwned) { throw .blocked(table.owned) }
    return Plan(
      operations: Self.inOrder(tables) + native.operations, wanted: wanted, held: tables.flatMap(\.held))
  }

  /// The plan for an installation, empty if the wanted rules are installed.
  ///
  /// - Throws: ``PlanError/differs(_:_:)`` if other Istio rules are installed.
  package func install(_ wanted: WantedRules, rewrites: Bool = false) throws(PlanError) -> Plan {
    let plan = try reconcile(wanted)
    for case .wakeTable(let family, let table) in plan.operations {
      throw .blocked(.dormant("\(TableFamily(family)) \(table.rawValue)"))
    }
    if !plan.isNothing {
      guard plan.removesAnything || hasOurs else { return plan }
      let diff = InterceptionDiff(wanted: wanted, live: reading)
      guard diff.isInstalled else { throw .differs(plan, diff) }
    }
    return rewrites ? try reconcile(wanted, rewrites: true) : Plan(operations: [], wanted: wanted)
  }

  /// The plan that removes all Istio rules.
  ///
  /// - Parameter known: rules to treat as Istio's besides those that show it.
  package func clean(_ known: WantedRules? = nil) throws(PlanError) -> Plan {
    try reconcile(.none(knowing: known?.known ?? []))
  }

  private var hasOurs: Bool {
    !live.nativeTables.isEmpty || live.tables.contains { $0.chains.contains { $0.name?.isIstio == true } }
  }

  /// New chains first, since rules refer to them; then rules; then chains without references.
  private static func inOrder(_ tables: [TablePlan]) -> [PlanOperation] {
    tables.flatMap(\.making) + tables.flatMap(\.changing) + tables.flatMap(\.removing)
  }
}

/// The operations that change the rules of a namespace, in a valid order.
public struct Plan: Hashable, Sendable {
  public let operations: [PlanOperation]
  /// The rules after the plan.
  package let wanted: WantedRules
  /// Istio chains that are not wanted and stay, empty, since other programs' objects lead to them.
  public let held: [HeldChain]

  package init(operations: [PlanOperation], wanted: WantedRules, held: [HeldChain] = []) {
    (self.operations, self.wanted, self.held) = (operations, wanted, held)
  }

  /// True if no operation is needed.
  public var isNothing: Bool { operations.isEmpty }

  /// The part of the plan before the ends of dormant states, if there is such a part.
  ///
  /// The kernel refuses base chains in a table whose dormant state the same transaction ends (Linux 6.4). The rules of
  /// a dormant table have no effect, so the second transaction puts all of them into effect at once.
  package var whileDormant: Plan? {
    let others = operations.filter { if case .wakeTable = $0 { false } else { true } }
    guard others.count < operations.count, !others.isEmpty else { return nil }
    return Plan(operations: others, wanted: wanted, held: held)
  }

  /// True if the plan removes anything; false for a first installation.
  public var removesAnything: Bool {
    operations.contains {
      switch $0 {
      case .makeTable, .makeChain, .addRule, .wakeTable: false
      case .makeNativeTable, .makeNativeChain, .addNativeRule: false
      case .deleteRule, .flushChain, .deleteChain, .deleteTable, .deleteNativeTable: true
      }
    }
  }
}

extension Plan: CustomStringConvertible {
  /// One line per operation.
  public var description: String { operations.map(\.description).joined(separator: "\n") }
}

/// A plan that cannot be made.
public enum PlanError: Error, Hashable, Sendable {
  /// A table or chain of another program is in the way.
  case blocked(TableObstacle)
  /// Other Istio rules are installed: the plan that would correct them, and the differences.
  case differs(Plan, InterceptionDiff)
}

extension PlanError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .blocked(let obstacle): obstacle.description
    case .differs(let plan, let diff):
      "other Istio rules are already installed; --reconcile replaces them. Differences:\n"
        + (diff.isEmpty ? plan.description : diff.description)
    }
  }
}
