/// The severity of a finding.
public enum Severity: String, CaseIterable, Comparable, Sendable, Encodable {
  /// Works, but probably not as intended.
  case info
  /// Can break traffic or its capture.
  case warning
  /// Breaks traffic, or the object is rejected.
  case error

  private var rank: Int {
    switch self {
    case .info: 0
    case .warning: 1
    case .error: 2
    }
  }

  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}
