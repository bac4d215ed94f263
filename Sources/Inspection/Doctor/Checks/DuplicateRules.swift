/// Two sets of Istio's rules: packets traverse both.
enum DuplicateRules: DoctorCheck {
  static let name = "two-backends"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard let duplicate = pod.facts.duplicate else { return [] }
    return [
      error(
        "two sets of Istio's rules are installed, and packets traverse both", why: [duplicate],
        remedy:
          "remove one set: istio-iptables-swift clean --force-iptables-binary legacy for iptables-legacy, "
          + "istio-iptables-swift clean --force-iptables-binary nft for nf_tables")
    ]
  }
}
