/// A pod without interception rules.
enum MissingRules: DoctorCheck {
  static let name = "no-rules"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.configuration == nil, pod.facts.areRulesKnown else { return [] }
    return [
      error(
        "no rules of Istio's: no connection goes through the proxy",
        why: ["no table of this namespace has a chain of Istio's"],
        remedy:
          "see the init container: kubectl logs POD -c istio-init (or the log of Istio's CNI plugin on the node), "
          + "then restart the pod; istio-iptables-swift apply installs rules here")
    ]
  }
}
