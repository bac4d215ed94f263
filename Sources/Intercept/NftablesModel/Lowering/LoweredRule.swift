import NetworkValues
import RuleModel

/// A rule on its way to the native form: still of one family, or already of both.
struct LoweredRule {
  var conditions: PacketConditions
  let statements: [NativeStatement]
  var reason: ReasonSummary

  init(_ conditions: PacketConditions, _ statements: [NativeStatement], _ reason: ReasonSummary) {
    self.conditions = conditions
    self.statements = statements
    self.reason = reason
  }

  /// Adds the native rules that stand for an iptables rule; none where no packet can match.
  ///
  /// - Parameter statements: those of the rule's target.
  static func add(
    _ rule: Rule, _ statements: [NativeStatement], _ family: IPFamily, to rules: inout [LoweredRule]
  ) throws(NativeFormError) {
    let conditions = try PacketConditions(rule.matches, family)
    guard !conditions.isImpossible else { return }
    rules.append(LoweredRule(conditions, statements, ReasonSummary(rule.reason ?? rule.comment)))
    guard statements.contains(where: \.isTProxy) else { return }
    // TPROXY drops what nobody listens for; the statement lets it go on.
    let rest = ReasonSummary("the proxy's listener is not there: dropped, as nothing may pass it by")
    rules.append(LoweredRule(conditions, [.drop], rest))
  }

  /// The rule as the kernel gets it.
  var native: NativeRule {
    // A rule without a verdict counts and goes on; where tproxy finds nobody, the packet was counted all the same.
    NativeRule(
      conditions.matches, [.counter] + statements, comment: reason.text.flatMap { NativeComment($0) })
  }

  /// The same for packets of one family alone.
  func only(_ family: IPFamily) -> LoweredRule {
    var rule = self
    rule.conditions.family = family
    return rule
  }

  /// Whether both do the same to the same packets.
  func isSame(as other: LoweredRule) -> Bool {
    statements == other.statements && conditions == other.conditions
  }
}

extension Rule {
  /// The first of the words that somebody left in the rule itself.
  fileprivate var comment: String? {
    for match in matches {
      if case .comment(let comment) = match { return comment.text }
    }
    return nil
  }
}

extension NativeStatement {
  var isTProxy: Bool {
    switch self {
    case .tproxy: true
    case .counter, .accept, .drop, .return, .jump, .goto, .redirect, .setMark, .setConnectionMark, .saveMark,
      .restoreMark, .setZone, .untrack, .opaque:
      false
    }
  }
}
