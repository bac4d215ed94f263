import Intercept

/// The destinations of `--to`: dropped, past the proxy, or not reachable for it.
enum AskedDestinations: DoctorCheck {
  static let name = "destination"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    let traces = pod.traces.filter { $0.role == .question }.flatMap { rules($0.trace) }
    return traces + pod.facts.questions.compactMap(reachability)
  }

  private static func rules(_ trace: Trace) -> [DoctorFinding] {
    guard !trace.isCaptured, !trace.flow.destination.address.isLoopback else { return [] }
    let command = "istio-iptables-swift trace --live outbound --to \(trace.flow.destination) shows every rule"
    let why = [trace.decision?.text, trace.heading].compactMap(\.self)
    return trace.verdict == .accept
      ? [warning("\(trace.flow.destination): \(trace.summary)", why: why, remedy: command)]
      : [error("\(trace.flow.destination): \(trace.summary)", why: why, remedy: command)]
  }

  private static func reachability(_ question: PodFacts.Question) -> DoctorFinding? {
    question.failure.map { failure in
      error(
        "\(question.destination) cannot be reached as the proxy: \(failure)",
        why: ["a connection as the proxy's user"],
        remedy:
          "a Service's address needs kube-proxy or its replacement; for an endpoint see whether its process "
          + "listens, and network policies")
    }
  }
}
