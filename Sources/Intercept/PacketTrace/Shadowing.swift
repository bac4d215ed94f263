import NetworkValues
public import NftablesRuleset
public import RuleModel

/// A rule or a policy of another program that takes connections away from Istio's rules.
public struct ShadowingRule: Hashable, Sendable {
  /// The rule's place; for a policy, the chain with index 0.
  public let place: RulePlace
  /// The rule as `nft` or `iptables-save` prints it, or `policy drop`.
  public let text: String
  /// A connection that it decides first: `outbound TCP to 192.0.2.1:80 via eth0`.
  public let example: String
  /// The verdict on that connection, and the one without the rule.
  public let verdict: Verdict
  public let wanted: Verdict

  /// One line: the rule, an example and its verdicts.
  public var line: String {
    "\(subject): \(example) is \(verdict.words) instead of \(wanted.words)"
  }
}

extension ShadowingRule {
  private var subject: String {
    place.index == 0 ? "the policy of \(place.chain) (\(place.table.name))" : "\(place), \(text)"
  }

  /// The rules of other programs that change the verdict on connections that wanted rules capture.
  ///
  /// - Parameters:
  ///   - wanted: the rules that capture.
  ///   - origin: the tables that hold the live rules of interception.
  ///   - tables: all tables of nf_tables.
  ///   - live: the live rules of those tables, where rules that drop or untrack count; nil if they are not known.
  ///   - legacy: the rules of iptables-legacy beside them; nil without any.
  ///   - context: the interfaces and the addresses of the namespace.
  public static func all(
    _ wanted: Ruleset, of origin: RuleOrigin = .iptablesNFT, beside tables: NftRuleset, live: Ruleset? = nil,
    legacy: Ruleset? = nil, in context: HostContext = HostContext()
  ) -> [ShadowingRule] {
    let foreign = tables.tables(beside: origin)
    let takesPackets = live?.takesPackets == true
    guard !foreign.isEmpty || takesPackets || legacy?.isEmpty == false else { return [] }
    let alone = Tracer(wanted, in: context)
    let together = Tracer(
      takesPackets ? live ?? wanted : wanted, of: origin, beside: tables, legacy: legacy, in: context)
    let candidates = CandidateFlows(
      wanted.family, in: context, naming: foreign, [live, legacy].compactMap(\.self))
    var found: [ShadowingRule] = []
    for flow in candidates.flows {
      let before = alone.verdict(of: flow)
      guard before.isCapture, together.verdict(of: flow) != before else { continue }
      let trace = together.trace(flow)
      guard let (place, text) = trace.foreignDecision else { continue }
      let rule = ShadowingRule(
        place: place, text: text, example: trace.heading, verdict: trace.verdict, wanted: before)
      if let index = found.firstIndex(where: { $0.place == place }) {
        // A connection on which the rule certainly has an effect is the better example.
        if found[index].verdict == .unknown, rule.verdict != .unknown { found[index] = rule }
      } else {
        found.append(rule)
      }
    }
    return found
  }
}

extension Trace {
  /// The rule or policy that decided, unless it is one of iptables that neither drops nor untracks.
  fileprivate var foreignDecision: (RulePlace, String)? {
    if let place = droppingPolicy { return (place, "policy drop") }
    return [decision, doubt?.otherDecision].lazy.compactMap(\.self).compactMap(foreign).first
  }

  private func foreign(_ decision: Decision) -> (RulePlace, String)? {
    let drops = verdict == .drop || verdict == .reject
    switch decision.rule {
    case .iptables(let rule):
      let isOther = if case .legacy = decision.place.table { true } else { false }
      return drops || rule.target.untracks || isOther ? (decision.place, rule.iptablesText) : nil
    case .nftables(let rule): return (decision.place, rule.text)
    }
  }
}

extension Ruleset {
  /// True if a rule or a policy drops packets, or a rule exempts them from connection tracking.
  fileprivate var takesPackets: Bool {
    tables.contains { table in
      table.chains.contains { chain in
        chain.name.hook != nil && chain.policy == .drop
          || chain.rules.contains { $0.target.drops || $0.target.untracks }
      }
    }
  }
}

extension Verdict {
  /// True if the proxy gets the connection.
  fileprivate var isCapture: Bool {
    switch self {
    case .redirect, .tproxy: true
    case .accept, .dnat, .drop, .reject, .unknown: false
    }
  }
}
