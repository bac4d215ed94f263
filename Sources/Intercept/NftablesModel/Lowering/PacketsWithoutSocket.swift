import RuleModel

/// Packets that no socket of a process sends: the kernel's own, such as a tunnel's.
///
/// To iptables `! --uid-owner 1337` holds for them, to nf_tables `meta skuid != 1337` does not. Which of them are
/// captured must not depend on the form, so no rule is lowered with an owner that is to be another one alone:
///
/// - Where the next rule does the same for that owner, it goes first, and the other needs no owner any more:
///   "lo, not 1337: return; 1337: return" is "1337: return; lo: return".
/// - Else those whom the rule does not mean go round it, to a chain with the rest: "not 3, not 4: return; rest" is
///   "3, 4: goto rest; return".
///
/// A rule that asks for an owner as well, `meta skuid 1 meta skgid != 2`, means packets with a socket in both forms.
enum PacketsWithoutSocket {
  static func settled(_ chains: [LoweredChain]) -> [LoweredChain] {
    var names = Set(chains.map(\.name))
    return chains.flatMap { chain in
      let stem = "\(chain.hook == nil ? "" : "istio-")\(chain.name)-owned"
      return split(
        LoweredChain(name: chain.name, hook: chain.hook, rules: swapped(chain.rules)), stem, &names)
    }
  }

  private static func swapped(_ rules: [LoweredRule]) -> [LoweredRule] {
    var rules = rules
    for index in rules.indices.dropLast() where rules[index].hasStrangers {
      let (rule, next) = (rules[index], rules[index + 1])
      let strangers = rule.strangers
      guard let stranger = strangers.first, strangers.count == 1, rule.statements == next.statements,
        rule.isFinal, next.conditions.fields.count == 1,
        next.conditions.others.isEmpty, next.conditions[stranger.field] == .is(stranger.condition.value)
      else { continue }
      rules[index] = next
      rules[index + 1] = rule.with(rule.conditions.without(stranger.field))
    }
    return rules
  }

  /// The chain up to the first rule that some go round, and chains for those, whose names begin with `stem`.
  private static func split(
    _ chain: LoweredChain, _ stem: String, _ names: inout Set<NativeChainName>
  ) -> [LoweredChain] {
    guard let index = chain.rules.firstIndex(where: \.hasStrangers) else { return [chain] }
    let rest = Array(chain.rules[(index + 1)...])
    let name = freshName(stem, &names) ?? chain.name
    let rule = chain.rules[index]
    let detour = detour(around: rule, to: rest.isEmpty ? .return : .goto(name), before: rest)
    let head = LoweredChain(name: chain.name, hook: chain.hook, rules: chain.rules[..<index] + detour)
    return [head]
      + (rest.isEmpty ? [] : split(LoweredChain(name: name, hook: nil, rules: rest), stem, &names))
  }

  private static func detour(
    around rule: LoweredRule, to others: NativeStatement, before rest: [LoweredRule]
  ) -> [LoweredRule] {
    let conditions = rule.strangers.reduce(rule.conditions) { $0.without($1.field) }
    let reason = ReasonSummary("these owners are not among those of the next rule")
    let round = rule.strangers.map { stranger in
      LoweredRule(conditions.with(stranger.field, stranger.condition.value), [others], reason)
    }
    let isReached = !rest.allSatisfy { $0.conditions.implies(conditions) } || !rule.isFinal
    let onward = LoweredRule(PacketConditions(), [others], ReasonSummary("everything else"))
    return round + [rule.with(conditions)] + (isReached && !rest.isEmpty ? [onward] : [])
  }

  private static func freshName(_ stem: String, _ names: inout Set<NativeChainName>) -> NativeChainName? {
    let all = [stem] + (2...names.count + 2).map { "\(stem)-\($0)" }
    let name = all.lazy.compactMap { NativeChainName($0) }.first { !names.contains($0) }
    if let name { names.insert(name) }
    return name
  }
}

extension LoweredRule {
  /// The owners that are to be others than these; none where the rule asks for an owner as well.
  fileprivate var strangers: [PacketConditions.FieldCondition] {
    let owners = conditions.fields.filter(\.field.isOwner)
    return owners.allSatisfy(\.condition.isNegated) ? owners : []
  }

  fileprivate var hasStrangers: Bool {
    conditions.fields.contains(where: \.field.isOwner) && !strangers.isEmpty
  }

  /// Whether no packet that matches goes on with the next rule, whatever other chains say.
  fileprivate var isFinal: Bool { ChainEffects([]).effect(of: statements) == .final }

  fileprivate func with(_ conditions: PacketConditions) -> LoweredRule {
    LoweredRule(conditions, statements, reason)
  }
}
