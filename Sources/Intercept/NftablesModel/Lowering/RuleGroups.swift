import RuleModel

/// Rules that do the same, made one where they differ in the values of one field, and without those that no packet
/// comes to, or that would do again what has been done.
///
/// A rule is taken to the place of an earlier one only if no packet can tell: every rule on the way does the same, or
/// is never about the same packets.
struct RuleGroups {
  /// A group that a rule could join by the values of a field.
  private struct Opening {
    let group: Int
    let field: NativeField
    /// What rules and group have for a reason then.
    let reason: ReasonSummary
  }

  private let effects: ChainEffects
  private var groups: [RuleGroup] = []
  /// Behind the last group that changes packets which go on.
  private var unchanged = 0

  /// The same rules, as few as possible.
  static func gathered(_ rules: [LoweredRule], _ effects: ChainEffects) -> [LoweredRule] {
    var rules = rules
    while true {
      var groups = RuleGroups(effects: effects)
      for rule in rules { groups.add(rule) }
      let gathered = groups.groups.map(\.settled.rule)
      guard !gathered.elementsEqual(rules, by: { $0.isSame(as: $1) }) else { return rules }
      rules = gathered
    }
  }

  private init(effects: ChainEffects) {
    self.effects = effects
  }
}

extension RuleGroups {
  private mutating func add(_ rule: LoweredRule) {
    let openings = rule.conditions.fields.compactMap { opening(for: rule, by: $0) }
    var rule = rule
    guard leaveOutWhatIsDone(of: &rule, besides: openings) else { return }
    for opening in openings where join(rule, opening) { return }
    let group = RuleGroup(rule: rule, effect: effects.effect(of: rule.statements))
    groups.append(group)
    if !group.effect.leavesUnchanged { unchanged = groups.count }
  }

  /// How a rule could join the latest group of its kind by the values of a field; nil if there is none, or it is
  /// about something else.
  private func opening(for rule: LoweredRule, by wanted: PacketConditions.FieldCondition) -> Opening? {
    guard !wanted.condition.isNegated,
      let index = groups.indices.last(where: { groups[$0].isOfKind(of: rule, apartFrom: wanted.field) }),
      groups[index].effect != .unknown,
      let reason = groups[index].rule.reason.joined(with: rule.reason)
    else { return nil }
    return Opening(group: index, field: wanted.field, reason: reason)
  }

  /// Leaves out of a rule what has no effect: values whose packets one before it takes, or has done the same to, and
  /// they come as they came to that.
  ///
  /// - Parameter openings: the groups that the rule may join, whose values are as good in as out.
  /// - Returns: whether anything is left.
  private mutating func leaveOutWhatIsDone(of rule: inout LoweredRule, besides openings: [Opening]) -> Bool {
    for index in groups.indices {
      if !openings.contains(where: { $0.group == index }), groups[index].mayCoverMore(rule) {
        groups[index] = groups[index].settled
      }
      if hasDone(index, for: rule), !rule.conditions.leaveOut(groups[index].rule.conditions) { return false }
    }
    return true
  }

  /// Whether a group does what a rule would do, or leaves it no packets; to those that both are about.
  private func hasDone(_ index: Int, for rule: LoweredRule) -> Bool {
    groups[index].effect == .final || index >= unchanged && groups[index].rule.statements == rule.statements
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
