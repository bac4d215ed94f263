import Intercept

/// Foreign rules that handle packets before Istio's rules get them.
enum ShadowedRules: DoctorCheck {
  static let name = "shadowing-rule"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    pod.facts.differences.flatMap { diff in
      diff.chains.flatMap { chain in
        chain.differences.compactMap { finding($0, chain, diff.family) }
      }
    }
  }

  private static func finding(
    _ difference: Difference, _ chain: ChainDiff, _ family: IPFamily
  ) -> DoctorFinding? {
    guard case .shadowed(let foreign, let inside, let rules) = difference else { return nil }
    let place = "rule \(foreign.number) of \(chain.chain) (\(chain.table.rawValue), \(family))"
    let reached =
      inside.map { ["in \($0.chain): rule \($0.rule.number), \($0.rule.rule.iptablesText)"] } ?? []
    let program = family == .ipv4 ? "iptables" : "ip6tables"
    return error(
      "\(place) takes packets from Istio's rules: \(foreign.rule.iptablesText)",
      why: reached + excerpt(rules.map { "shadowed: rule \($0.number), \($0.rule.iptablesText)" }),
      remedy: "delete it: \(program) -t \(chain.table.rawValue) -D \(chain.chain) \(foreign.number); "
        + "or install it after Istio's rules (iptables -A)")
  }
}
