import Intercept

/// Rules of Istio that redirect no connection.
enum IdleRules: DoctorCheck {
  static let name = "captures-nothing"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.configuration != nil, !pod.capturesOutbound, !pod.capturesInbound else { return [] }
    return [
      error(
        "Istio's rules are installed and redirect nothing: no connection goes through the proxy",
        why: ["they name no inbound ports (-b), no outbound blocks (-i) and no outbound ports (-q)"],
        remedy:
          "see the arguments of istio-init, or the annotations includeInboundPorts and includeOutboundIPRanges; "
          + "istio-iptables-swift apply --profile sidecar --reconcile installs the usual rules")
    ]
  }
}
