import Intercept

/// Foreign rules that handle packets before Istio's rules get them.
enum ShadowedRules: DoctorCheck {
  static let name = "shadowing-rule"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    pod.facts.differences.flatMap { diff in
      diff.chains.flatMap { chain in
        chain.differences.compactMap { finding($0, chain, diff.family, pod) }
      }
    } + pod.facts.legacyRulesets.flatMap { competitors($0, pod) }
  }

  /// Rules of iptables-legacy that translate addresses, beside Istio's rules in nf_tables. The nat chain that was
  /// registered last is called first, and decides.
  private static func competitors(_ ruleset: Ruleset, _ pod: Examination) -> [DoctorFinding] {
    let captured = CapturedTraffic(pod.facts.rulesets[ruleset.family])
    return (ruleset[.nat]?.chains ?? []).flatMap { chain in
      chain.rules.enumerated().filter { _, rule in
        rule.target.translatesDestination
          && chain.name.hook.map { captured.mayBeTaken(by: rule, at: $0) } == true
      }.map { index, rule in
        finding(
          rule.isAboutUnseenPeers ? .warning : .error,
          "rule \(index + 1) of \(chain.name) (nat, iptables-legacy, \(ruleset.family)) competes with Istio's rules "
            + "for packets: \(rule.iptablesText)",
          why: [
            "Istio's rules are in nf_tables; of two nat chains, the one registered last is called first, and decides"
          ],
          remedy: "delete it: \(ruleset.family.iptablesProgram)-legacy -t nat -D \(chain.name) \(index + 1)")
      }
    }
  }

  private static func finding(
    _ difference: Difference, _ chain: ChainDiff, _ family: IPFamily, _ pod: Examination
  ) -> DoctorFinding? {
    guard case .shadowed(let foreign, let inside, let rules) = difference else { return nil }
    let place = "rule \(foreign.number) of \(chain.chain) (\(chain.table.rawValue), \(family))"
    let table: TracedTable = pod.facts.origin == .legacy ? .legacy(chain.table) : .iptables(chain.table)
    let location = RulePlace(table: table, chain: chain.chain.text, index: foreign.number)
    let reached =
      inside.map { ["in \($0.chain): rule \($0.rule.number), \($0.rule.rule.iptablesText)"] } ?? []
    let program = family.iptablesProgram + (pod.facts.origin == .legacy ? "-legacy" : "")
    let seen = pod.connections(meeting: location, family)
    let isUnseen = foreign.rule.isAboutUnseenPeers && seen.isEmpty
    return finding(
      isUnseen ? .warning : .error,
      "\(place) takes packets from Istio's rules: \(foreign.rule.iptablesText)",
      why: (isUnseen ? ["it is about certain addresses, of which no packet is seen"] : excerpt(seen))
        + reached
        + excerpt(rules.map { "shadowed: rule \($0.number), \($0.rule.iptablesText)" }),
      remedy: "delete it: \(program) -t \(chain.table.rawValue) -D \(chain.chain) \(foreign.number); "
        + "or install it after Istio's rules (\(program) -A)")
  }
}

extension Examination {
  /// Live connections, and those that the user asks about, that a rule matches.
  fileprivate func connections(meeting place: RulePlace, _ family: IPFamily) -> [String] {
    func meets(_ trace: Trace) -> Bool {
      trace.flow.destination.address.family == family
        && trace.steps.contains { $0.isMatch && $0.place == place }
    }
    let live = connections.filter { $0.today.map(meets) == true }.map {
      "\($0.ownerWords) to \($0.destination)"
    }
    let asked = traces.filter { $0.role == .question && meets($0.trace) }.map(\.label)
    return asked + live
  }
}

extension Rule {
  /// True for a rule about certain addresses whose counter has seen no packet.
  fileprivate var isAboutUnseenPeers: Bool {
    counters?.packets == 0
      && matches.contains { match in
        switch match {
        case .source(.is), .destination(.is): true
        case .source, .destination, .inInterface, .outInterface, .proto, .tcp, .udp, .multiport, .owner,
          .mark,
          .connmark, .conntrack, .state, .addressType, .comment, .opaque:
          false
        }
      }
  }
}

extension Target {
  /// True for REDIRECT and DNAT.
  fileprivate var translatesDestination: Bool {
    switch self {
    case .redirect: true
    case .opaque(let target): target.text.hasPrefix("DNAT")
    case .accept, .drop, .return, .jump, .goto, .none, .mark, .connmark, .tproxy, .ct: false
    }
  }
}
