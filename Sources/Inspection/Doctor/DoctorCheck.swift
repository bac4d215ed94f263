import Intercept

/// A search for one kind of problem in a pod's facts.
protocol DoctorCheck {
  /// The name in findings, as `proxy-dead`.
  static var name: String { get }

  static func findings(_ pod: Examination) -> [DoctorFinding]
}

extension DoctorCheck {
  static func error(_ what: String, why: [String] = [], remedy: String) -> DoctorFinding {
    finding(.error, what, why: why, remedy: remedy)
  }

  static func warning(_ what: String, why: [String] = [], remedy: String) -> DoctorFinding {
    finding(.warning, what, why: why, remedy: remedy)
  }

  static func finding(
    _ severity: DoctorFinding.Severity, _ what: String, why: [String] = [], remedy: String
  ) -> DoctorFinding {
    DoctorFinding(check: name, severity: severity, what: what, why: why, remedy: remedy)
  }

  /// The first lines of evidence, and the number of the others.
  static func excerpt(_ lines: [String], limit: Int = 5) -> [String] {
    lines.count <= limit ? lines : lines.prefix(limit) + ["and \(lines.count - limit) more"]
  }
}

/// The checks of a pod.
enum Doctor {
  /// The checks; of findings with one severity, those of an earlier check come first, since they may cause the others.
  static var checks: [any DoctorCheck.Type] {
    [
      DuplicateRules.self, MissingRules.self, DormantTables.self, IdleRules.self, UnexemptProxy.self,
      ReservedPorts.self, DeadProxy.self, MissingRoutes.self,
      DroppingRules.self, UntrackedConnections.self,
      ForeignTables.self, ShadowedRules.self, DNSCapturing.self, TPROXYRouting.self, DifferingRules.self,
      ProxyUser.self, UncapturedFamily.self, LoopbackListeners.self, InboundBypass.self,
      OutboundBypass.self, UnreadyProxy.self,
      DeadUpstream.self, ProxyRouting.self, AskedDestinations.self, OldConnections.self, FullConntrack.self,
    ]
  }

  /// Runs every check.
  static func examine(_ pod: Examination) -> Diagnosis {
    let found = checks.flatMap { $0.findings(pod) }
    let order = DoctorFinding.Severity.allCases.sorted().flatMap { severity in
      found.filter { $0.severity == severity }
    }
    let notFollowed = (pod.traces + pod.answers).flatMap(\.trace.notFollowed).distinct.map {
      "the effect of \($0)"
    }
    return Diagnosis(findings: order, summary: pod.summary, unseen: pod.facts.unseen + notFollowed)
  }
}
