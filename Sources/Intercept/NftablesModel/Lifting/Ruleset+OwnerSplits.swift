package import RuleModel

extension Ruleset {
  /// Raised rules without the chains that the native form has for those who go round a rule: "3, 4: goto rest; return"
  /// is "not 3, not 4: return; rest" again, in one chain. See ``OwnerlessPackets``.
  package var withoutOwnerSplits: Ruleset { Ruleset(family, tables: tables.map(\.withoutOwnerSplits)) }
}

extension Table {
  fileprivate var withoutOwnerSplits: Table {
    var table = self
    // Behind one detour there may be the next.
    while let (chain, detour) = table.firstDetour {
      let rest = table[detour.goal]?.rules ?? []
      let whole = Chain(chain.name, policy: chain.policy, rules: detour.front + [detour.rule] + rest)
      let others = table.chains.filter { $0.name != chain.name && $0.name != detour.goal }
      table = Table(name, chains: others + [whole])
    }
    return table
  }

  private var firstDetour: (Chain, OwnerSplit)? {
    for chain in chains {
      if let detour = OwnerSplit(in: chain.rules), detour.goal != chain.name,
        chains.allSatisfy({ $0.name == chain.name || !$0.leads(to: detour.goal) })
      {
        return (chain, detour)
      }
    }
    return nil
  }
}

/// Owners that go round a rule to the rest of its chain, which is a chain of its own.
private struct OwnerSplit {
  /// The rules before.
  let front: [Rule]
  /// The rule, about everybody but those owners.
  let rule: Rule
  let goal: ChainName

  /// - Parameter rules: the whole chain; nil comes of one whose end is no detour.
  init?(in rules: [Rule]) {
    guard let first = rules.firstIndex(where: \.isGoto), let goal = rules[first].target.destination else {
      return nil
    }
    let round = rules[first...].prefix { $0.target == .goto(goal) && !$0.matches.isEmpty }
    let rest = rules[(first + round.count)...]
    guard let rule = rest.first, !rule.isGoto,
      rest.dropFirst().allSatisfy({ $0.matches.isEmpty && $0.target == .goto(goal) }),
      let others = round.negatedOwners(beside: rule.matches)
    else { return nil }
    front = Array(rules[..<first])
    self.rule = Rule(rule.matches + others, rule.target, reason: rule.reason, counters: rule.counters)
    self.goal = goal
  }
}

extension ArraySlice<Rule> {
  /// What each rule asks besides the matches, the other way round; nil where that is not the owner alone.
  fileprivate func negatedOwners(beside matches: [Match]) -> [Match]? {
    let owners = compactMap { rule -> Match? in
      let more = rule.matches.filter { !matches.contains($0) }
      guard more.count == 1, rule.matches.count == matches.count + 1, case .owner(let owner)? = more.first
      else {
        return nil
      }
      return owner.negated.map { .owner($0) }
    }
    return owners.count == count && !isEmpty ? owners : nil
  }
}

extension OwnerMatch {
  /// Everybody but the one user, or group, that is asked for; nil if something else is asked.
  fileprivate var negated: OwnerMatch? {
    guard socketExists == nil, !includesSupplementaryGroups else { return nil }
    return switch (user, group) {
    case (.is(let user)?, nil): OwnerMatch(user: .not(user))
    case (nil, .is(let group)?): OwnerMatch(group: .not(group))
    default: nil
    }
  }
}

extension Rule {
  fileprivate var isGoto: Bool {
    if case .goto = target { true } else { false }
  }
}

extension Chain {
  fileprivate func leads(to chain: ChainName) -> Bool { rules.contains { $0.target.destination == chain } }
}
