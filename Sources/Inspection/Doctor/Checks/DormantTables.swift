import Intercept

/// Tables with Istio's rules whose chains the kernel does not call (`flags dormant`).
enum DormantTables: DoctorCheck {
  static let name = "dormant-table"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    pod.facts.dormantTables.map { table in
      error(
        "table \(table) is dormant: none of its rules has an effect",
        why: excerpt(bypassed(pod)),
        remedy: "end that: nft add table \(table); or install the rules again: "
          + "istio-iptables-swift apply --reconcile with the pod's options")
    }
  }

  /// The typical connections of the app that the proxy does not get.
  private static func bypassed(_ pod: Examination) -> [String] {
    pod.traces.filter { !$0.trace.isCaptured && $0.role.isOfApp }.map { "\($0.label): \($0.trace.summary)" }
  }
}

extension TypicalTrace.Role {
  /// True for a connection from or to the app of another host.
  fileprivate var isOfApp: Bool {
    switch self {
    case .appOutbound, .appInbound, .question: true
    case .proxyOutbound, .capturedInbound, .answer, .proxyToApp, .health, .probe, .proxyQuestion: false
    }
  }
}
