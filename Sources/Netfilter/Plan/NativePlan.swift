import Intercept

/// The part of a plan that is about tables of the native form. They are ours as a whole: one that is not as it should
/// be is made anew.
struct NativePlan {
  private(set) var removing: [PlanOperation] = []
  private(set) var making: [PlanOperation] = []

  /// - Parameters:
  ///   - live: the tables there are.
  ///   - wanted: those that should be there.
  ///   - rewrites: keeps none, even right ones.
  init(live: [NativeTableReading], wanted: NativeRuleset, rewrites: Bool) {
    let right = rewrites ? [] : wanted.tables.filter { Self.isThere($0, in: live) }
    let kept = Set(right.map(\.name.kernelName))
    removing = live.filter { !kept.contains($0.name) }.map { .deleteNativeTable(name: $0.name) }
    making = wanted.tables.filter { !kept.contains($0.name.kernelName) }.flatMap(\.making)
  }

  var operations: [PlanOperation] { removing + making }

  private static func isThere(_ table: NativeTable, in live: [NativeTableReading]) -> Bool {
    let same = live.filter { $0.name == table.name.kernelName }
    return NativeDiff(wanted: NativeRuleset(tables: [table]), live: same).isEmpty
  }
}

extension NativeTable {
  /// Chains first, since rules name them.
  fileprivate var making: [PlanOperation] {
    let empty = chains.map { PlanOperation.makeNativeChain($0.name, $0.base, name) }
    let rules = chains.flatMap { chain in
      chain.rules.map { PlanOperation.addNativeRule($0, chain.name, name) }
    }
    return [.makeNativeTable(name)] + empty + rules
  }
}
