import RuleModel

/// Packets without a socket, such as the kernel's own or those of a tunnel.
///
/// `! --uid-owner 1337` matches them; `meta skuid != 1337` does not. So that both forms capture the same packets, no
/// rule is lowered whose only owner conditions are negated:
///
/// - If the next rule has the same statements for the named owner, the two are swapped, and the condition is dropped:
///   "lo, not 1337: return; 1337: return" becomes "1337: return; lo: return".
/// - Else the named owners skip the rule: the rest of the chain is split off into a chain of its own. "not 3, not 4:
///   return; rest" becomes "3: goto rest; 4: goto rest; return".
///
/// A rule with a positive owner condition too, `meta skuid 1 meta skgid != 2`, matches no packet without a socket in
/// either form.
enum PacketsWithoutSocket {
  static func splittingNegatedOwners(of chains: [LoweredChain]) -> [LoweredChain] {
    var names = Set(chains.map(\.name))
    return chains.flatMap { chain in
      let stem = "\(chain.hook == nil ? "" : "istio-")\(chain.name)-owned"
      return split(
        LoweredChain(name: chain.name, hook: chain.hook, rules: swapped(chain.rules)), stem, &names)
    }
  }

  private static func swapped(_ rules: [LoweredRule]) -> [LoweredRule] {
    var rules = rules
    for index in rules.indices.dropLast() where !rules[index].negatedOwners.isEmpty {
      let (rule, next) = (rules[index], rules[index + 1])
      let owners = rule.negatedOwners
      guard let owner = owners.first, owners.count == 1, rule.statements == next.statements, rule.isTerminal,
        next.conditions.fields.count == 1, next.conditions.others.isEmpty,
        next.conditions[owner.field] == .is(owner.condition.value)
      else { continue }
      rules[index] = next
      rules[index + 1] = rule.with(rule.conditions.without(owner.field))
    }
    return rules
  }

  /// The chain up to the first rule with negated owners, followed by the chains of the rest, whose names begin with
  /// `stem`.
  private static func split(
    _ chain: LoweredChain, _ stem: String, _ names: inout Set<NativeChainName>
  ) -> [LoweredChain] {
    guard let index = chain.rules.firstIndex(where: { !$0.negatedOwners.isEmpty }) else { return [chain] }
    let rest = Array(chain.rules[(index + 1)...])
    let name = unusedName(stem, &names) ?? chain.name
    let rules = rules(for: chain.rules[index], others: rest.isEmpty ? .return : .goto(name), rest: rest)
    let head = LoweredChain(name: chain.name, hook: chain.hook, rules: chain.rules[..<index] + rules)
    return [head]
      + (rest.isEmpty ? [] : split(LoweredChain(name: name, hook: nil, rules: rest), stem, &names))
  }

  /// The rules that replace one with negated owners.
  ///
  /// - Parameter skip: the statement for the packets that the rule does not match.
  private static func rules(
    for rule: LoweredRule, others skip: NativeStatement, rest: [LoweredRule]
  ) -> [LoweredRule] {
    let conditions = rule.negatedOwners.reduce(rule.conditions) { $0.without($1.field) }
    let reason = ReasonSummary("these owners are not among those of the next rule")
    let skipping = rule.negatedOwners.map { owner in
      LoweredRule(conditions.with(owner.field, owner.condition.value), [skip], reason)
    }
    let isRestReachable = !rest.allSatisfy { $0.conditions.implies(conditions) } || !rule.isTerminal
    let last = LoweredRule(PacketConditions(), [skip], ReasonSummary("everything else"))
    return skipping + [rule.with(conditions)] + (isRestReachable && !rest.isEmpty ? [last] : [])
  }

  private static func unusedName(_ stem: String, _ names: inout Set<NativeChainName>) -> NativeChainName? {
    let all = [stem] + (2...names.count + 2).map { "\(stem)-\($0)" }
    let name = all.lazy.compactMap { NativeChainName($0) }.first { !names.contains($0) }
    if let name { names.insert(name) }
    return name
  }
}

extension LoweredRule {
  /// The conditions on owners if all of them are negated; else none.
  fileprivate var negatedOwners: [PacketConditions.FieldCondition] {
    let owners = conditions.fields.filter(\.field.isOwner)
    return owners.allSatisfy(\.condition.isNegated) ? owners : []
  }

  /// True if no matching packet continues with the next rule, whatever the called chains do.
  fileprivate var isTerminal: Bool { ChainEffects([]).effect(of: statements) == .terminal }
}
