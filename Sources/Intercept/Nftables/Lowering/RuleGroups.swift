/// Rules that do the same, made one where they differ in the values of one field, and without those that no packet
/// comes to, or that would do again what has been done.
///
/// A rule is taken to the place of an earlier one only if no packet can tell: every rule on the way does the same, or
/// is never about the same packets.
struct RuleGroups {
  /// What rules of one group have in common.
  private struct Key: Hashable {
    let statements: [NativeStatement]
    let field: NativeField
    let rest: PacketConditions
  }

  private let effects: ChainEffects
  private var groups: [RuleGroup] = []
  private var open: [Key: Int] = [:]
  /// Behind the last group that changes packets which go on.
  private var unchanged = 0

  /// The same rules, as few as possible.
  static func gathered(_ rules: [LoweredRule], _ effects: ChainEffects) -> [LoweredRule] {
    var rules = rules
    while true {
      var groups = RuleGroups(effects: effects)
      for rule in rules { groups.add(rule) }
      guard groups.groups.count < rules.count else { return rules }
      rules = groups.groups.map(\.settled.rule)
    }
  }

  private init(effects: ChainEffects) {
    self.effects = effects
  }
}

extension RuleGroups {
  private mutating func add(_ rule: LoweredRule) {
    guard isNeeded(rule) else { return }
    var keys: [Key] = []
    for asked in rule.conditions.fields {
      // Only a field that has to have one of some values may have others as well.
      guard case .is(let values) = asked.condition else { continue }
      let field = asked.field
      let key = Key(statements: rule.statements, field: field, rest: rule.conditions.without(field))
      if let group = open[key], join(rule, values, group, by: field) { return }
      keys.append(key)
    }
    for key in keys { open[key] = groups.count }
    let group = RuleGroup(rule: rule, effect: effects.effect(of: rule.statements))
    groups.append(group)
    if !group.effect.leavesUnchanged { unchanged = groups.count }
  }

  /// Whether a rule does anything: not where one before it takes all packets that it is about, or has done the same to
  /// them, and they come as they came to that.
  private mutating func isNeeded(_ rule: LoweredRule) -> Bool {
    for index in groups.indices where groups[index].mayCover(rule) { groups[index] = groups[index].settled }
    return !groups.indices.contains { index in
      let isRepeated = index >= unchanged && groups[index].rule.statements == rule.statements
      return (isRepeated || groups[index].effect == .final)
        && rule.conditions.implies(groups[index].rule.conditions)
    }
  }

  private mutating func join(
    _ rule: LoweredRule, _ values: NativeValues, _ index: Int, by field: NativeField
  ) -> Bool {
    guard groups[index].field ?? field == field, groups[index].effect != .unknown,
      let reason = groups[index].rule.reason.joined(with: rule.reason),
      let ranges = newValues(values, of: rule, for: index, by: field)
    else { return false }
    groups[index].rule.reason = reason
    groups[index].field = field
    groups[index].more += ranges
    return true
  }

  /// The values that a rule brings to a group; nil if it cannot go there.
  private mutating func newValues(
    _ values: NativeValues, of rule: LoweredRule, for index: Int, by field: NativeField
  ) -> [ClosedRange<UInt128>]? {
    let between = (index + 1..<groups.count).filter { groups[$0].rule.statements != rule.statements }
    guard !between.isEmpty else { return values.ranges }
    for place in between + [index] { groups[place] = groups[place].settled }
    let crossed = between.map { groups[$0] }
    guard let mine = groups[index].rule.conditions[field]?.value else { return nil }
    // What the group takes already comes to the rule as it came to the group, and twice is as once; or not at all.
    let isRepeated = groups[index].effect.leavesUnchanged && crossed.allSatisfy(\.effect.leavesUnchanged)
    guard isRepeated || !mine.intersects(values) else { return nil }
    guard let rest = values.subtracting(mine) else { return [] }
    let moved = rule.conditions.with(field, rest)
    return crossed.allSatisfy { moved.isDisjoint(from: $0.rule.conditions) } ? rest.ranges : nil
  }
}

extension Effect {
  /// Whether packets that go on with the next rule do so as they came.
  fileprivate var leavesUnchanged: Bool {
    switch self {
    case .final, .none: true
    case .repeatable, .unknown: false
    }
  }
}

/// Rules that became one.
private struct RuleGroup {
  var rule: LoweredRule
  let effect: Effect
  /// The field whose values the group's rules differ in; nil while it has one rule.
  var field: NativeField?
  /// Values of rules that joined, not yet in `rule`.
  var more: [ClosedRange<UInt128>] = []

  /// Whether another rule, not one to join, may be covered by values that are not yet in `rule`.
  func mayCover(_ other: LoweredRule) -> Bool {
    guard let field, !more.isEmpty else { return false }
    let rest = rule.conditions.without(field)
    guard other.conditions.implies(rest) else { return false }
    return other.statements != rule.statements || other.conditions.without(field) != rest
      || rule.reason.joined(with: other.reason) == nil
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
