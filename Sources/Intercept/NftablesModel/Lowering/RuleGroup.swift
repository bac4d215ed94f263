import RuleModel

/// Rules that became one.
struct RuleGroup {
  var rule: LoweredRule
  let effect: Effect
  /// The field whose values the group's rules differ in; nil while it has one rule.
  var field: NativeField?
  /// Values of rules that joined, not yet in `rule`.
  var more: [ClosedRange<UInt128>] = []

  /// Whether a rule does the same to packets that differ from the group's in the values of one field at most.
  func isOfKind(of other: LoweredRule, apartFrom field: NativeField) -> Bool {
    (self.field ?? field) == field
      && rule.conditions.isSame(as: other.conditions, apartFrom: field)
      && rule.statements == other.statements
  }

  /// Whether another rule may be covered by values that are not yet in `rule`.
  func mayCoverMore(_ other: LoweredRule) -> Bool {
    guard let field, !more.isEmpty else { return false }
    return other.conditions.implies(rule.conditions, apartFrom: field)
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
