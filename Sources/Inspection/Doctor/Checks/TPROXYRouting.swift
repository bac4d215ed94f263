import Intercept

/// TPROXY without the policy rule that delivers marked packets, or without a transparent listener.
enum TPROXYRouting: DoctorCheck {
  static let name = "tproxy-routing"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard let configuration = pod.configuration, pod.capturesInbound,
      case .tproxy(let mark, let table) = configuration.interception
    else { return [] }
    let missing = pod.rules.families.filter { family in
      !pod.facts.diversions.contains { $0.family == family && $0.mark == mark }
    }
    let routing = missing.sorted { $0.rawValue < $1.rawValue }.map { family in
      warning(
        "TPROXY rules mark inbound \(family) packets, and no policy rule delivers those to other addresses than the "
          + "pod's own here",
        why: [
          "no policy rule for fwmark \(mark)", "packets to the pod's own addresses are delivered without one",
        ],
        remedy:
          "\(family.ipProgram) rule add fwmark \(mark) lookup \(table); \(family.ipProgram) route add local default dev lo "
          + "table \(table)")
    }
    return routing + opaqueListeners(pod, configuration)
  }

  private static func opaqueListeners(_ pod: Examination, _ configuration: Configuration) -> [DoctorFinding] {
    let listeners = pod.facts.listeners.filter {
      $0.proto == .tcp && $0.port == configuration.inboundCapturePort
    }
    guard listeners.contains(where: { $0.isTransparent == false }) else { return [] }
    return [
      error(
        "the inbound listener lacks IP_TRANSPARENT: packets from TPROXY are dropped",
        why: excerpt(listeners.map(\.words)),
        remedy: "set the pod's annotation sidecar.istio.io/interceptionMode: TPROXY, so that the proxy gets "
          + "CAP_NET_ADMIN, or use REDIRECT")
    ]
  }
}
