import Intercept

/// Destinations that do not answer the proxy, or the app where it connects directly. A refused connection leaves no
/// trace in the namespace: `--to` finds it.
enum DeadUpstream: DoctorCheck {
  static let name = "dead-upstream"

  /// Connections without an answer that no rule drops.
  static func findings(_ pod: Examination) -> [DoctorFinding] {
    let waiting = pod.connections.filter {
      $0.isWaiting && $0.path == .direct && $0.today.map { $0.verdict != .drop } ?? true
    }
    let destinations = Set(waiting.map(\.destination)).sorted { $0.description < $1.description }
    return destinations.map { finding($0, waiting) }
  }

  private static func finding(_ destination: Endpoint, _ waiting: [PodConnection]) -> DoctorFinding {
    let connections = waiting.filter { $0.destination == destination }
    return error(
      "\(destination) does not answer: the connection was sent, and nothing came back",
      why: excerpt(connections.map { "\($0.ownerWords): \($0.source), no answer to SYN" }),
      remedy:
        "see whether the endpoint is alive (kubectl get endpointslices), and network policies and routes to "
        + "\(destination.address)")
  }
}
