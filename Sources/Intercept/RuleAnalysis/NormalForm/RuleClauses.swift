import RuleModel

/// The packets that satisfy all of some conditions, and none of some conjunctions: those that earlier rules handled.
struct RuleClauses {
  private(set) var conditions: Set<RuleCondition> = []
  private var excluded: [Set<RuleCondition>] = []

  /// Number of earlier rules that count; fewer mean more packets.
  private static let maxExcluded = 32

  /// The packets that satisfy further conditions; nil if certainly none does.
  func adding(_ more: Set<RuleCondition>) -> RuleClauses? {
    var result = self
    for condition in more {
      guard result.conditions.allSatisfy({ !condition.excludes($0) }) else { return nil }
      result.conditions.insert(condition)
    }
    return result.propagate() ? result : nil
  }

  /// Leaves out the packets that satisfy all of some conditions.
  mutating func exclude(_ handled: Set<RuleCondition>) {
    if excluded.count < Self.maxExcluded { excluded.append(handled) }
  }

  /// Adds the negation of a condition that is the only open one of an excluded conjunction, until there is none; false if
  /// all conditions of a conjunction hold.
  private mutating func propagate() -> Bool {
    var isChanged = true
    while isChanged {
      isChanged = false
      for handled in excluded {
        let open = handled.filter { condition in !conditions.contains { $0.implies(condition) } }
        guard let first = open.first else { return false }
        guard open.count == 1, let negated = first.negated, !conditions.contains(negated) else { continue }
        conditions.insert(negated)
        isChanged = true
      }
    }
    return true
  }
}
