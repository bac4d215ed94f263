/// A problem of a pod.
public struct DoctorFinding: Hashable, Sendable {
  /// Name of the check, as `proxy-dead`.
  public let check: String
  public let severity: Severity
  /// The problem in a sentence.
  public let what: String
  /// The evidence: the rules, sockets or entries that show it, one line each.
  public let why: [String]
  /// A command, an annotation, or a change that removes the problem.
  public let remedy: String

  public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Traffic fails or is not protected now.
    case error
    /// Traffic of some kind fails, bypasses the proxy, or will.
    case warning

    private var rank: Int {
      switch self {
      case .error: 0
      case .warning: 1
      }
    }

    /// Errors first.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
  }
}

/// The findings about a pod, and what they rest on.
public struct Diagnosis: Hashable, Sendable {
  /// The findings, the probable cause first.
  public let findings: [DoctorFinding]
  /// What was examined, a line each.
  public let summary: [String]
  /// The facts that could not be read, a sentence each.
  public let unseen: [String]

  /// True if there are no findings.
  public var isFine: Bool { findings.isEmpty }
}
