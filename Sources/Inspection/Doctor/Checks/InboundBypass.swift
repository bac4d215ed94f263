import Intercept

/// App ports that other pods reach past the proxy.
enum InboundBypass: DoctorCheck {
  static let name = "inbound-bypass"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.configuration != nil else { return [] }
    return pod.traces.compactMap { typical in
      guard case .appInbound(let port) = typical.role, typical.trace.verdict == .accept,
        !typical.trace.isUntracked
      else { return nil }
      return warning(
        "port \(port) is reached past the proxy: no mTLS, no authorization, no metrics there "
          + "(\(typical.trace.flow.destination.address.family))",
        why: [typical.trace.decision?.text ?? "no rule captures the port"],
        remedy: "if that is not wanted, remove \(port) from the annotation "
          + "traffic.sidecar.istio.io/excludeInboundPorts, or add it to includeInboundPorts (\"*\" for all)")
    }
  }
}
