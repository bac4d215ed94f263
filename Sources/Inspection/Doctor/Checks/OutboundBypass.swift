import Intercept

/// Rules that redirect inbound connections, and no outbound ones.
enum OutboundBypass: DoctorCheck {
  static let name = "outbound-bypass"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.capturesInbound, !pod.capturesOutbound, IdleRules.findings(pod).isEmpty else { return [] }
    let past = pod.traces.filter {
      $0.role == .appOutbound && $0.trace.verdict == .accept && !$0.trace.isUntracked
    }
    guard !past.isEmpty else { return [] }
    return [
      warning(
        "outbound connections of the app go past the proxy: no mTLS, no routing, no metrics there",
        why: excerpt(
          past.map { "\($0.label): \($0.trace.decision?.text ?? "no rule captures it")" }),
        remedy: "if that is not wanted, set the annotation traffic.sidecar.istio.io/includeOutboundIPRanges "
          + "(option -i) to \"*\"")
    ]
  }
}
