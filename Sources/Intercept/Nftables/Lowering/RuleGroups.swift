/// Rules that do the same, made one where they differ in the values of one field, and without those that no packet
/// comes to.
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
    guard isReached(rule) else { return }
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
    groups.append(RuleGroup(rule: rule, isFinal: effects.effect(of: rule.statements) == .final))
  }

  /// Whether a packet can come to a rule: not where one before it takes all that it is about.
  private func isReached(_ rule: LoweredRule) -> Bool {
    !groups.contains { $0.isFinal && rule.conditions.implies($0.rule.conditions) }
  }

  private mutating func join(
    _ rule: LoweredRule, _ values: NativeValues, _ index: Int, by field: NativeField
  ) -> Bool {
    guard groups[index].field ?? field == field, effects.effect(of: rule.statements) != .unknown,
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
    let crossed = between.map { groups[$0].rule }
    guard let mine = groups[index].rule.conditions[field]?.value else { return nil }
    // What the group takes already comes to the rule as it came to the group, and twice is as once; or not at all.
    let isRepeated = leavesUnchanged(rule) && crossed.allSatisfy(leavesUnchanged)
    guard isRepeated || !mine.intersects(values) else { return nil }
    guard let rest = values.subtracting(mine) else { return [] }
    let moved = rule.conditions.with(field, rest)
    return crossed.allSatisfy { moved.isDisjoint(from: $0.conditions) } ? rest.ranges : nil
  }

  /// Whether packets that go on behind a rule do so as they came.
  private func leavesUnchanged(_ rule: LoweredRule) -> Bool {
    switch effects.effect(of: rule.statements) {
    case .final, .none: true
    case .repeatable, .unknown: false
    }
  }
}

/// Rules that became one.
private struct RuleGroup {
  var rule: LoweredRule
  /// Whether no packet that matches goes on with the next rule.
  let isFinal: Bool
  /// The field whose values the group's rules differ in; nil while it has one rule.
  var field: NativeField?
  /// Values of rules that joined, not yet in `rule`.
  var more: [ClosedRange<UInt128>] = []

  /// The same with the values of all its rules in the one.
  var settled: RuleGroup {
    guard let field, !more.isEmpty, let mine = rule.conditions[field]?.value,
      let all = NativeValues(mine.ranges + more)
    else { return self }
    let conditions = rule.conditions.with(field, all)
    return RuleGroup(
      rule: LoweredRule(conditions, rule.statements, rule.reason), isFinal: isFinal, field: field)
  }
}
