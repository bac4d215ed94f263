import Intercept

/// App ports that other pods reach past the proxy.
enum InboundBypass: DoctorCheck {
  static let name = "inbound-bypass"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard let configuration = pod.configuration, IdleRules.findings(pod).isEmpty else { return [] }
    return pod.traces.compactMap { typical in
      guard case .appInbound(let port, let interface) = typical.role, typical.trace.verdict == .accept,
        !typical.trace.isUntracked
      else { return nil }
      return warning(
        "port \(port) is reached past the proxy: no mTLS, no authorization, no metrics there "
          + "(\(typical.trace.flow.destination.address.family)\(interface.map { ", \($0)" } ?? ""))",
        why: [typical.trace.decision?.text ?? "no rule captures the port"],
        remedy: "if that is not wanted, \(remedy(port, typical.trace.interface, configuration))")
    }
  }

  private static func remedy(
    _ port: Port, _ interface: InterfaceName, _ configuration: Configuration
  ) -> String {
    guard !configuration.excludesInterface(interface.description) else {
      return IdleRules.remedy([interface.description])
    }
    guard !configuration.inboundPorts.captures(port) else {
      return
        "install the rules again, whose options capture the port: istio-iptables-swift apply --reconcile with the "
        + "pod's options"
    }
    switch configuration.inboundPorts {
    case .all:
      return "remove \(port) from the annotation traffic.sidecar.istio.io/excludeInboundPorts (option -d)"
    case .none, .only:
      return
        "add \(port) to the annotation traffic.sidecar.istio.io/includeInboundPorts (option -b; \"*\" for all)"
    }
  }
}
