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

    /// A key for each field that has to have one of some values: others may be added to those.
    static func all(of rule: LoweredRule) -> [Key] {
      rule.conditions.fields.filter { !$0.condition.isNegated }.map {
        Key(statements: rule.statements, field: $0.field, rest: rule.conditions.without($0.field))
      }
    }
  }

  /// A group that a rule could join by the values of a field.
  private struct Opening {
    let group: Int
    let field: NativeField
    /// What rules and group have for a reason then.
    let reason: ReasonSummary
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
    let keys = Key.all(of: rule)
    let openings = keys.compactMap { opening($0, for: rule) }
    guard isNeeded(rule, besides: openings) else { return }
    for opening in openings where join(rule, opening) { return }
    for key in keys { open[key] = groups.count }
    let group = RuleGroup(rule: rule, effect: effects.effect(of: rule.statements))
    groups.append(group)
    if !group.effect.leavesUnchanged { unchanged = groups.count }
  }

  /// Whether a rule does anything: not where one before it takes all packets that it is about, or has done the same to
  /// them, and they come as they came to that.
  ///
  /// - Parameter openings: the groups that the rule may join, whose values are as good in as out.
  private mutating func isNeeded(_ rule: LoweredRule, besides openings: [Opening]) -> Bool {
    for index in groups.indices
    where groups[index].mayCover(rule) && !openings.contains(where: { $0.group == index }) {
      groups[index] = groups[index].settled
    }
    return !groups.indices.contains { index in
      let isRepeated = index >= unchanged && groups[index].rule.statements == rule.statements
      return (isRepeated || groups[index].effect == .final)
        && rule.conditions.implies(groups[index].rule.conditions)
    }
  }

  /// How a rule could join the group that is open for its kind; nil if there is none, or it is about something else.
  private func opening(_ key: Key, for rule: LoweredRule) -> Opening? {
    guard let index = open[key], groups[index].field ?? key.field == key.field,
      groups[index].effect != .unknown,
      let reason = groups[index].rule.reason.joined(with: rule.reason)
    else { return nil }
    return Opening(group: index, field: key.field, reason: reason)
  }

  private mutating func join(_ rule: LoweredRule, _ opening: Opening) -> Bool {
    guard let values = rule.conditions[opening.field]?.value,
      let ranges = newValues(values, of: rule, for: opening.group, by: opening.field)
    else { return false }
    groups[opening.group].rule.reason = opening.reason
    groups[opening.group].field = opening.field
    groups[opening.group].more += ranges
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
