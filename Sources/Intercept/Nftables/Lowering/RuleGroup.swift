/// Rules that became one.
struct RuleGroup {
  var rule: LoweredRule
  let effect: Effect
  /// The field whose values the group's rules differ in; nil while it has one rule.
  var field: NativeField?
  /// Values of rules that joined, not yet in `rule`.
  var more: [ClosedRange<UInt128>] = []

  /// Whether another rule may be covered by values that are not yet in `rule`.
  func mayCover(_ other: LoweredRule) -> Bool {
    guard let field, !more.isEmpty else { return false }
    return other.conditions.implies(rule.conditions.without(field))
  }

  /// The same with the values of all its rules in the one.
  var settled: RuleGroup {
    guard let field, !more.isEmpty, let mine = rule.conditions[field]?.value,
      let all = NativeValues(mine.ranges + more)
    else { return self }
    let conditions = rule.conditions.with(field, all)
    return RuleGroup(
      rule: LoweredRule(conditions, rule.statements, rule.reason), effect: effect, field: field)
  }
}

extension Effect {
  /// Whether packets that go on with the next rule do so as they came.
  var leavesUnchanged: Bool {
    switch self {
    case .final, .none: true
    case .repeatable, .unknown: false
    }
  }
}
