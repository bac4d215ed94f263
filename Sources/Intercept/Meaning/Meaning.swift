/// What a rule does, free of how it was spelled: two rules with one meaning decide alike about every packet.
///
/// The order of match extensions, what is said twice, comments, and conditions that every packet meets do not
/// count.
struct Meaning: Hashable, Sendable {
  let facts: Set<Fact>
  let target: Target

  init(_ rule: Rule) {
    facts = rule.facts
    target = rule.target
  }

  init(facts: Set<Fact>, target: Target) {
    self.facts = facts
    self.target = target
  }

  /// What the facts are about.
  var fields: Set<Fact.Field> { Set(facts.map(\.field)) }

  /// The facts about one thing, in an order that does not change.
  func facts(about field: Fact.Field) -> [Fact] {
    facts.filter { $0.field == field }.sorted { $0.text < $1.text }
  }
}

extension Rule {
  /// The conditions of the rule.
  var facts: Set<Fact> {
    var facts: Set<Fact> = []
    for match in matches {
      for fact in match.facts where !fact.isAlwaysTrue { facts.insert(fact) }
    }
    return facts
  }
}
