import Intercept

/// Foreign rules that handle packets before Istio's rules get them.
enum ShadowedRules: DoctorCheck {
  static let name = "shadowing-rule"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    pod.facts.differences.flatMap { diff in
      diff.chains.flatMap { chain in
        chain.differences.compactMap { finding($0, chain, diff.family, pod) }
      }
    } + pod.facts.legacyRulesets.flatMap(competitors)
  }

  /// Rules of iptables-legacy that translate addresses, beside Istio's rules in nf_tables. The nat chain that was
  /// registered last is called first, and decides.
  private static func competitors(_ ruleset: Ruleset) -> [DoctorFinding] {
    (ruleset[.nat]?.chains ?? []).filter { [.prerouting, .output].contains($0.name.hook) }.flatMap { chain in
      chain.rules.enumerated().filter { $0.element.target.translatesDestination }.map { index, rule in
        error(
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
    let reached =
      inside.map { ["in \($0.chain): rule \($0.rule.number), \($0.rule.rule.iptablesText)"] } ?? []
    let program = family.iptablesProgram + (pod.facts.origin == .legacy ? "-legacy" : "")
    return error(
      "\(place) takes packets from Istio's rules: \(foreign.rule.iptablesText)",
      why: reached + excerpt(rules.map { "shadowed: rule \($0.number), \($0.rule.iptablesText)" }),
      remedy: "delete it: \(program) -t \(chain.table.rawValue) -D \(chain.chain) \(foreign.number); "
        + "or install it after Istio's rules (\(program) -A)")
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
