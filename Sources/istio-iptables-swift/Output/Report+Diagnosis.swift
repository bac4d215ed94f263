import Inspection
import Manifests

extension Report {
  /// The findings of the doctor; a rule for each check with findings.
  init(_ diagnosis: Diagnosis) {
    var seen: Set<String> = []
    rules = diagnosis.findings.filter { seen.insert($0.check).inserted }.map { finding in
      Rule(id: finding.check, documentation: finding.what, severity: finding.severity.reported)
    }
    results = diagnosis.findings.map { finding in
      Result(
        rule: finding.check, severity: finding.severity.reported,
        message: ([finding.what] + finding.why.map { "because: \($0)" } + ["do: \(finding.remedy)"])
          .joined(separator: "; "))
    }
  }
}

extension DoctorFinding.Severity {
  fileprivate var reported: Severity {
    switch self {
    case .error: .error
    case .warning: .warning
    }
  }
}
