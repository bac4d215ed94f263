import NetworkValues
import RuleModel

/// A table while it is lowered: of one family, then of both.
struct LoweredTable {
  private(set) var chains: [LoweredChain] = []

  init(chains: [LoweredChain]) {
    self.chains = chains
  }

  /// - Throws: if a rule or a name has no native form, or the policy of a built-in chain is not ACCEPT.
  init(_ table: Table, _ family: IPFamily) throws(NativeFormError) {
    for chain in table.chains {
      guard chain.policy == .accept else {
        throw .noForm("-P \(chain.name) DROP", "it would be the policy of both families")
      }
      let name = try NativeChainName(lowering: chain.name)
      guard self[name] == nil else { throw .noForm(name.text, "two chains would have that name") }
      chains.append(try LoweredChain(name, chain, family))
    }
  }

  subscript(name: NativeChainName) -> LoweredChain? { chains.first { $0.name == name } }

  /// The table with negated owners split off (``PacketsWithoutSocket``) and rules merged (``RuleGroups``).
  var optimized: LoweredTable {
    let split = PacketsWithoutSocket.splittingNegatedOwners(of: chains)
    let effects = ChainEffects(split)
    let merged = split.map {
      LoweredChain(name: $0.name, hook: $0.hook, rules: RuleGroups.merged($0.rules, effects))
    }
    // A split-off chain follows the one that calls it. Merging may have removed all its callers.
    return LoweredTable(
      chains: merged.reduce(into: []) { kept, chain in
        if self[chain.name] != nil || kept.contains(where: { $0.goes(to: chain.name) }) { kept.append(chain) }
      })
  }

  /// The table as it is installed in the kernel.
  func native(_ name: NativeTableName) -> NativeTable {
    NativeTable(
      name,
      chains: chains.map { chain in
        NativeChain(
          chain.name, base: chain.hook.map { NativeBaseChain(name, $0) }, rules: chain.rules.map(\.native))
      })
  }
}

/// A chain while it is lowered.
struct LoweredChain {
  let name: NativeChainName
  /// The hook of a base chain.
  let hook: Hook?
  var rules: [LoweredRule]

  /// True if a rule ends with a `goto` to the chain.
  func goes(to name: NativeChainName) -> Bool { rules.contains { $0.statements.last == .goto(name) } }
}

extension LoweredChain {
  /// - Throws: if a rule has no native form.
  init(_ name: NativeChainName, _ chain: Chain, _ family: IPFamily) throws(NativeFormError) {
    self.init(name: name, hook: chain.name.hook, rules: [])
    rules.reserveCapacity(chain.rules.count)
    // Thousands of consecutive rules may share a target.
    var (target, statements) = (Target.none, [NativeStatement]())
    for rule in chain.rules {
      if rule.target != target { (target, statements) = (rule.target, try rule.target.statements()) }
      try LoweredRule.append(rule, statements, family, to: &rules)
    }
  }
}

/// A rule while it is lowered: of one family, then of both.
struct LoweredRule {
  var conditions: PacketConditions
  let statements: [NativeStatement]
  var reason: ReasonSummary

  init(_ conditions: PacketConditions, _ statements: [NativeStatement], _ reason: ReasonSummary) {
    self.conditions = conditions
    self.statements = statements
    self.reason = reason
  }

  /// Appends the native rules of an iptables rule; none if no packet can match it.
  ///
  /// - Parameter statements: the statements of the rule's target.
  static func append(
    _ rule: Rule, _ statements: [NativeStatement], _ family: IPFamily, to rules: inout [LoweredRule]
  ) throws(NativeFormError) {
    let conditions = try PacketConditions(rule.matches, family)
    guard !conditions.isImpossible else { return }
    rules.append(LoweredRule(conditions, statements, ReasonSummary(rule.reason ?? rule.comment)))
    guard statements.contains(where: \.isTProxy) else { return }
    // Without a listener, TPROXY drops the packet; the statement continues with the next rule.
    let rest = ReasonSummary("the proxy's listener is not there: dropped, as nothing may pass it by")
    rules.append(LoweredRule(conditions, [.drop], rest))
  }

  /// The rule as it is installed in the kernel.
  var native: NativeRule {
    // The counter is first: it counts packets as well for which `tproxy` finds no listener.
    NativeRule(
      conditions.matches, [.counter] + statements, comment: reason.text.flatMap { NativeComment($0) })
  }

  /// The rule with the family as a further condition.
  func only(_ family: IPFamily) -> LoweredRule {
    var rule = self
    rule.conditions.family = family
    return rule
  }

  /// The rule with other conditions.
  func with(_ conditions: PacketConditions) -> LoweredRule { LoweredRule(conditions, statements, reason) }

  /// True if both rules do the same to the same packets.
  func isSame(as other: LoweredRule) -> Bool {
    statements == other.statements && conditions == other.conditions
  }
}

extension Rule {
  /// The text of the rule's first `-m comment`.
  fileprivate var comment: String? {
    for match in matches {
      if case .comment(let comment) = match { return comment.text }
    }
    return nil
  }
}

/// A rule without a native form. Every rule of Istio's has one.
public struct NativeFormError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// - Parameter subject: the option, as `iptables-save` writes it.
  static func noForm(_ subject: String, _ because: String = "") -> NativeFormError {
    NativeFormError(description: "\"\(subject)\" has no native form\(because.isEmpty ? "" : ": \(because)")")
  }
}
