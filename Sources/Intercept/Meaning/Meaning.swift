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
  var fields: FieldSet { FieldSet(facts) }

  /// The facts about one thing, in an order that does not change.
  func facts(about field: Field) -> [Fact] {
    facts.filter { $0.field == field }.sorted { $0.text < $1.text }
  }
}

extension Rule {
  /// The conditions of the rule.
  var facts: Set<Fact> {
    var facts: Set<Fact> = []
    _ = everyFact { facts.insert($0).inserted || true }
    return facts
  }

  /// The conditions in the order in which they were given.
  var orderedFacts: [Fact] {
    var facts: [Fact] = []
    _ = everyFact {
      facts.append($0)
      return true
    }
    return facts
  }

  /// Whether a packet that meets all those facts may match.
  func mayMatch(_ packets: [Fact]) -> Bool {
    everyFact { fact in packets.allSatisfy { !fact.excludes($0) } }
  }

  /// Whether something holds for every condition; those that every packet meets are left out.
  private func everyFact(_ holds: (Fact) -> Bool) -> Bool {
    matches.allSatisfy { $0.everyFact { $0.isAlwaysTrue || holds($0) } }
  }
}
