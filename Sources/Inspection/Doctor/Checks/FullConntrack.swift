import Intercept

/// A connection-tracking table that is nearly full: new connections are dropped.
enum FullConntrack: DoctorCheck {
  static let name = "conntrack-full"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard let usage = pod.facts.usage, usage.isNearlyFull else { return [] }
    return [
      error(
        "the connection-tracking table is nearly full, and packets of new connections are dropped",
        why: ["\(usage.entries) of \(usage.limit) entries"],
        remedy: "raise net.netfilter.nf_conntrack_max on the node, or close idle connections")
    ]
  }
}
