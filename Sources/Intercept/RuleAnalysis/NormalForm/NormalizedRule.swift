import RuleModel

/// What a rule does, free of how it was spelled: two rules with one meaning decide alike about every packet.
///
/// The order of match extensions, what is said twice, comments, and conditions that every packet meets do not
/// count.
struct NormalizedRule: Hashable, Sendable {
  let conditions: Set<RuleCondition>
  let target: Target

  init(_ rule: Rule) {
    conditions = rule.conditions
    target = rule.target
  }

  init(conditions: Set<RuleCondition>, target: Target) {
    self.conditions = conditions
    self.target = target
  }

  /// What the facts are about.
  var fields: FieldSet { FieldSet(conditions) }

  /// The facts about one thing, in an order that does not change.
  func conditions(about field: Field) -> [RuleCondition] {
    conditions.filter { $0.field == field }.sorted { $0.text < $1.text }
  }
}

extension Rule {
  /// The conditions of the rule.
  var conditions: Set<RuleCondition> {
    var conditions: Set<RuleCondition> = []
    _ = everyCondition { conditions.insert($0).inserted || true }
    return conditions
  }

  /// The conditions in the order in which they were given.
  var orderedConditions: [RuleCondition] {
    var conditions: [RuleCondition] = []
    _ = everyCondition {
      conditions.append($0)
      return true
    }
    return conditions
  }

  /// Whether a packet that meets all those facts may match.
  func mayMatch(_ packets: [RuleCondition]) -> Bool {
    everyCondition { fact in packets.allSatisfy { !fact.excludes($0) } }
  }

  /// Whether something holds for every condition; those that every packet meets are left out.
  private func everyCondition(_ holds: (RuleCondition) -> Bool) -> Bool {
    matches.allSatisfy { $0.everyCondition { $0.isAlwaysTrue || holds($0) } }
  }
}
