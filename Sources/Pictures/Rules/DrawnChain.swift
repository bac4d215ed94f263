import NetworkValues
import NftablesRuleset
import PacketTrace
import RuleModel

/// A chain of a picture.
struct DrawnChain {
  let table: TracedTable
  let name: String
  let isHook: Bool
  var rules: [DrawnRule]
  /// The policy, if it drops, or if the path ends with it.
  var policy: Policy?
  /// The numbers of the steps that end with the policy.
  var policySteps: [Int] = []

  init(_ table: TracedTable, _ name: String, isHook: Bool, rules: [DrawnRule] = []) {
    (self.table, self.name, self.isHook, self.rules) = (table, name, isHook, rules)
  }

  init(_ chain: Chain, of table: TableName) {
    self.init(
      .iptables(table), chain.name.text, isHook: chain.name.hook != nil,
      rules: chain.rules.enumerated().map { DrawnRule($0 + 1, .iptables($1)) })
    policy = chain.policy == .drop && chain.name.hook != nil ? .drop : nil
  }

  /// True if the path of a trace enters the chain.
  var isOnPath: Bool { rules.contains { !$0.steps.isEmpty } || !policySteps.isEmpty }
}

/// A rule of a picture, and its part in a trace.
struct DrawnRule {
  let index: Int
  let rule: TracedRule
  /// The numbers of the trace's steps in which the rule matches.
  var steps: [Int] = []
  /// The outcomes of the trace's steps at the rule.
  var outcomes: [String] = []
  var isUncertain = false

  init(_ index: Int, _ rule: TracedRule) {
    (self.index, self.rule) = (index, rule)
  }

  /// The chain that the rule calls.
  var calledChain: String? {
    switch rule {
    case .iptables(let rule): rule.target.destination?.text
    case .nftables(let rule): rule.parts.lazy.compactMap(\.calledChain).first
    }
  }

  /// The outcome of a match that ends the path through the rules: a redirection, a drop; nil for other rules.
  var outcome: String? {
    switch rule {
    case .iptables(let rule): rule.target.outcome
    case .nftables(let rule): rule.parts.lazy.compactMap(\.outcome).first
    }
  }
}

extension Target {
  fileprivate var outcome: String? {
    switch self {
    case .redirect(let target): target.ports.map { "port \($0.text) of this host" } ?? "this host"
    case .tproxy(let target): "listener on port \(target.port)"
    case .drop: "dropped"
    case .opaque(let target): target.text.hasPrefix("REJECT") ? "rejected" : nil
    case .accept, .return, .jump, .goto, .none, .mark, .connmark, .ct: nil
    }
  }
}

extension NftPart {
  fileprivate var outcome: String? {
    guard case .statement(let statement) = self else { return nil }
    return switch statement {
    case .verdict(.drop): "dropped"
    case .reject: "rejected"
    case .redirect(let ports): ports.map { "port \($0.text) of this host" } ?? "this host"
    case .tproxy(_, _, let port): port.map { "listener on port \($0)" } ?? "local listener"
    case .dnat: "another destination"
    case .snat, .queue, .verdict, .verdictMap, .counter, .masquerade, .setMark, .setConnectionMark, .setZone,
      .untrack, .neutral, .opaque:
      nil
    }
  }
}
