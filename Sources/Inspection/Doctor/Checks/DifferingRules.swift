import Intercept

/// Istio's rules that differ from those of the manifest, or that no options explain.
enum DifferingRules: DoctorCheck {
  static let name = "rules-differ"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.configuration != nil else { return [] }
    return pod.facts.differences.compactMap { diff in
      let lines = diff.chains.flatMap(lines)
      guard !lines.isEmpty else { return nil }
      let source =
        pod.facts.wanted == nil ? "no options of Istio explain" : "the given options do not build"
      return error(
        "\(diff.family): there are rules that \(source), or some are missing",
        why: excerpt(lines.sorted { $0.contains(": missing: ") && !$1.contains(": missing: ") }),
        remedy: "compare: istio-iptables-swift diff with the pod's options; install the right rules: "
          + "istio-iptables-swift apply --reconcile with the pod's options")
    }
  }

  private static func lines(_ chain: ChainDiff) -> [String] {
    let place = "\(chain.chain) (\(chain.table.rawValue))"
    let presence: [String] =
      switch chain.presence {
      case .present: []
      case .missing: ["\(place) is missing"]
      case .unexpected: ["\(place) is there, but not wanted"]
      }
    return presence + chain.differences.compactMap { $0.line.map { "\(place): \($0)" } }
  }
}

extension Difference {
  /// The difference in a line; nil for a shadowing rule.
  fileprivate var line: String? {
    switch self {
    case .missing(let rule): "missing: \(rule.rule.iptablesText)"
    case .unexpected(let rule, let isDuplicate):
      "\(isDuplicate ? "duplicate" : "not wanted"): rule \(rule.number), \(rule.rule.iptablesText)"
    case .changed(_, let live, let parts):
      "rule \(live.number): \(parts.map(\.text).joined(separator: ", "))"
    case .policy(let wanted, let live): "policy \(live.rawValue) should be \(wanted.rawValue)"
    case .moved(_, let live, _): "in another position: rule \(live.number), \(live.rule.iptablesText)"
    case .shadowed: nil
    }
  }
}
