import Intercept

/// A pod without interception rules.
enum MissingRules: DoctorCheck {
  static let name = "no-rules"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.configuration == nil, pod.facts.areRulesKnown else { return [] }
    switch pod.facts.mesh?.kind {
    // The rules are right, or the doctor does not know them.
    case .ambient, .earlySidecar: return []
    case .other(let program):
      return [
        error(
          "the rules are those of \(program.rawValue): Istio's proxy gets no connection",
          why: ["no table of this namespace has a chain of Istio's"],
          remedy: "see istio-iptables-swift guess; inject one mesh into the pod")
      ]
    case .sidecar, .unknown, nil: return missing
    }
  }

  private static var missing: [DoctorFinding] {
    [
      error(
        "no rules of Istio's: no connection goes through the proxy",
        why: ["no table of this namespace has a chain of Istio's"],
        remedy:
          "see the init container: kubectl logs POD -c istio-init (or the log of Istio's CNI plugin on the node), "
          + "then restart the pod; istio-iptables-swift apply installs rules here")
    ]
  }
}
