public import Netfilter

/// The changes of rules that an installation would make.
public struct InstallationPlan: Hashable, Sendable {
  /// The operations in the selected interface.
  public let plan: Plan?
  /// The rules that are removed from the other interface afterwards; nil if there are none.
  public let removed: RulesElsewhere?
  /// The rules that are right in the other interface and stay there; nil if there are none.
  public let kept: RulesElsewhere?

  init(_ plan: Plan, removed: RulesElsewhere?) {
    (self.plan, self.removed, kept) = (plan, removed, nil)
  }

  init(keeping kept: RulesElsewhere) {
    (plan, removed, self.kept) = (nil, nil, kept)
  }

  /// True if nothing has to change.
  public var isNothing: Bool { plan?.isNothing != false && removed == nil }
}

extension InstallationPlan: CustomStringConvertible {
  /// One line per operation, and one for the rules of the other interface; `nothing to do` without any.
  public var description: String {
    if let kept { return "nothing to do: \(kept.right)" }
    guard let plan, !isNothing else { return "nothing to do" }
    let last = removed.map { ["remove \($0)"] } ?? []
    return ((plan.isNothing ? [] : [plan.description]) + last).joined(separator: "\n")
  }
}

/// Rules of Istio in the interface that the options do not select.
public struct RulesElsewhere: Hashable, Sendable {
  let rules: RuleSummary
  let interface: RuleInterface

  init(_ other: OtherRules) {
    (rules, interface) = (other.found.summary, other.interface)
  }

  /// `18 rules in 1 table, IPv4, are right, in iptables-legacy; --reconcile moves them to nf_tables`.
  var right: String {
    "\(rules.withoutInterface), are right, in \(interface); --reconcile moves them to \(interface.other)"
  }
}

extension RulesElsewhere: CustomStringConvertible {
  /// `18 rules in 1 table, IPv4, from iptables-legacy`.
  public var description: String { "\(rules.withoutInterface), from \(interface)" }
}
