public import Netfilter

/// The changes of rules and of routing that an installation would make.
public struct InstallationPlan: Hashable, Sendable {
  /// The operations in the selected interface.
  public let plan: Plan?
  /// The rules that are removed from the other interface afterwards; nil if there are none.
  public let removed: RulesElsewhere?
  /// The rules that are right in the other interface and stay there; nil if there are none.
  public let kept: RulesElsewhere?

  /// The routing that is missing, and is added before the rules.
  public let addedRouting: Routing
  /// The routing that no rule uses any more, and is removed after the rules.
  public let removedRouting: Routing

  /// The rules of Istio that stay beside the installed ones, a sentence each.
  public let warnings: [String]

  init(
    _ plan: Plan, removed: RulesElsewhere?, addedRouting: Routing = .none, removedRouting: Routing = .none,
    warnings: [String] = []
  ) {
    (self.plan, self.removed, kept) = (plan, removed, nil)
    self.warnings = warnings
    (self.addedRouting, self.removedRouting) = (addedRouting, removedRouting)
  }

  init(keeping kept: RulesElsewhere, addedRouting: Routing = .none) {
    (plan, removed, self.kept, warnings) = (nil, nil, kept, [])
    (self.addedRouting, removedRouting) = (addedRouting, .none)
  }

  /// True if nothing has to change.
  public var isNothing: Bool {
    plan?.isNothing != false && removed == nil && addedRouting.isEmpty && removedRouting.isEmpty
  }
}

extension InstallationPlan {
  /// The answer of a check: `the kernel would accept the rules`, with a line for each change of routing.
  public var checked: String {
    let rules = plan?.isNothing == false ? "the kernel would accept the rules" : nil
    guard !isNothing || kept != nil, rules != nil || !routingLines.isEmpty else { return description }
    return ([rules ?? kept?.right ?? "the rules are right"] + routingLines.map { "would \($0)" })
      .joined(separator: "\n")
  }

  private var routingLines: [String] { addedLines + removedLines }

  private var addedLines: [String] { addedRouting.isEmpty ? [] : ["add \(addedRouting)"] }

  private var removedLines: [String] { removedRouting.isEmpty ? [] : ["remove \(removedRouting)"] }
}

extension InstallationPlan: CustomStringConvertible {
  /// One line per operation, with those of routing, and one for the rules of the other interface; `nothing to do`
  /// without any.
  public var description: String {
    if let kept { return (addedLines + ["nothing to do: \(kept.right)"]).joined(separator: "\n") }
    guard let plan, !isNothing else { return "nothing to do" }
    let last = removedLines + (removed.map { ["remove \($0)"] } ?? [])
    return (addedLines + (plan.isNothing ? [] : [plan.description]) + last).joined(separator: "\n")
  }
}

/// Rules of Istio in the interface, or in the form of nf_tables, that the options do not select.
public struct RulesElsewhere: Hashable, Sendable {
  let rules: RuleSummary
  /// `iptables-legacy`, `the native form`.
  let place: String
  /// The place that the options select.
  let selected: String

  init(_ other: OtherRules) {
    (rules, place, selected) = (other.found.summary, other.interface.rawValue, other.interface.other.rawValue)
  }

  /// - Parameters:
  ///   - rules: the rules of nf_tables.
  ///   - isNative: true if they are in the native form, and the options select that of iptables.
  init(_ rules: RuleSummary, isNative: Bool) {
    let forms = ["the form of iptables", "the native form"]
    self.rules = rules
    (place, selected) = isNative ? (forms[1], forms[0]) : (forms[0], forms[1])
  }

  /// `18 rules in 1 table, IPv4, are right, in iptables-legacy; --reconcile moves them to nf_tables`.
  var right: String {
    "\(rules.withoutInterface), are right, in \(place); --reconcile moves them to \(selected)"
  }
}

extension RulesElsewhere: CustomStringConvertible {
  /// `18 rules in 1 table, IPv4, from iptables-legacy`.
  public var description: String { "\(rules.withoutInterface), from \(place)" }
}
