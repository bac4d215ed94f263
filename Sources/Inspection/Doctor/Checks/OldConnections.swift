import Intercept

/// Connections that were made before the rules, and stay past the proxy until they end.
enum OldConnections: DoctorCheck {
  static let name = "made-before-rules"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    let old = pod.connections.filter { $0.bypass == .madeBeforeRules && !$0.isWaiting }
    guard !old.isEmpty else { return [] }
    let count = old.count == 1 ? "1 connection is" : "\(old.count) connections are"
    return [
      warning(
        "\(count) older than the rules, which would capture \(old.count == 1 ? "it" : "them"); past the proxy until "
          + "closed",
        why: excerpt(
          old.map { "\($0.ownerWords): \($0.source) to \($0.destination), today \($0.todayWords)" }),
        remedy: "restart the app, or close \(closing(old)); start the app after the rules")
    ]
  }

  /// The connections, with a command that closes one of them.
  private static func closing(_ old: [PodConnection]) -> String {
    guard let first = old.first else { return "them" }
    let command = "ss -K src \(first.source) dst \(first.destination)"
    return old.count == 1 ? "the connection: \(command)" : "the connections, each like the first: \(command)"
  }
}
