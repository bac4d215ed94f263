package import RuleModel

extension Ruleset {
  /// The lifted rules with every chain that lowering has split at a rule with negated owners in one piece: "3: goto
  /// rest; 4: goto rest; return" is "not 3, not 4: return; rest" again. The inverse of ``PacketsWithoutSocket``.
  package var withoutOwnerSplits: Ruleset { Ruleset(family, tables: tables.map(\.withoutOwnerSplits)) }
}

extension Table {
  fileprivate var withoutOwnerSplits: Table {
    var table = self
    // Every round removes a chain. The chain of the rest may be split again.
    while let (chain, split) = table.firstOwnerSplit {
      let rest = table[split.destination]?.rules ?? []
      let whole = Chain(chain.name, policy: chain.policy, rules: split.front + [split.rule] + rest)
      let others = table.chains.filter { $0.name != chain.name && $0.name != split.destination }
      table = Table(name, chains: others + [whole])
    }
    return table
  }

  private var firstOwnerSplit: (Chain, OwnerSplit)? {
    for chain in chains {
      if let split = OwnerSplit(in: chain.rules), split.destination != chain.name,
        chains.allSatisfy({ $0.name == chain.name || !$0.leads(to: split.destination) })
      {
        return (chain, split)
      }
    }
    return nil
  }
}

/// The end of a chain that lowering has split: rules by which some owners skip a rule, and the chain with the rest.
private struct OwnerSplit {
  /// The rules before.
  let front: [Rule]
  /// The skipped rule, with the owners as negated matches.
  let rule: Rule
  /// The chain with the rest.
  let destination: ChainName

  /// Nil if the chain does not end with a split.
  ///
  /// - Parameter rules: all rules of the chain.
  init?(in rules: [Rule]) {
    guard let first = rules.firstIndex(where: \.isGoto), let destination = rules[first].target.destination
    else {
      return nil
    }
    let skipping = rules[first...].prefix { $0.target == .goto(destination) && !$0.matches.isEmpty }
    let rest = rules[(first + skipping.count)...]
    guard let rule = rest.first, !rule.isGoto,
      rest.dropFirst().allSatisfy({ $0.matches.isEmpty && $0.target == .goto(destination) }),
      let owners = skipping.negatedOwners(besides: rule.matches)
    else { return nil }
    front = Array(rules[..<first])
    self.rule = Rule(rule.matches + owners, rule.target, reason: rule.reason, counters: rule.counters)
    self.destination = destination
  }
}

extension ArraySlice<Rule> {
  /// The negation of each rule's owner match; nil unless that is its only match besides the given ones.
  fileprivate func negatedOwners(besides matches: [Match]) -> [Match]? {
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
  /// The match of every owner except the one user, or group, of this match; nil for any other match.
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
