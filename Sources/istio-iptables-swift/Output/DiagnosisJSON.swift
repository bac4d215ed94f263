import Inspection

/// A diagnosis as JSON: the answer of `doctor --format json`.
struct DiagnosisJSON: Encodable {
  let ok: Bool
  /// The probable cause first.
  let findings: [FindingJSON]
  /// What was examined, a line each.
  let summary: [String]
  /// The facts that could not be read, a sentence each.
  let unseen: [String]

  init(_ diagnosis: Diagnosis) {
    ok = diagnosis.isFine
    findings = diagnosis.findings.map(FindingJSON.init)
    summary = diagnosis.summary
    unseen = diagnosis.unseen
  }

  struct FindingJSON: Encodable {
    /// The name of the check, as `proxy-dead`.
    let check: String
    /// `error` or `warning`.
    let severity: String
    let what: String
    let why: [String]
    let remedy: String

    init(_ finding: DoctorFinding) {
      check = finding.check
      severity = finding.severity.rawValue
      what = finding.what
      why = finding.why
      remedy = finding.remedy
    }
  }
}
