public import Intercept
public import SystemPackage

/// Why rules were not applied with iptables-legacy, taken away or read.
public enum LegacyError: Error, Hashable, Sendable {
  /// The program is not installed.
  case missing(String)
  /// The program could not be run.
  case notRun(String, Errno)
  /// The program failed; it has said why on standard error.
  case failed(String, status: Int32)
  /// What the program printed is no list of rules.
  case unreadable(String, IptablesSyntaxError)
  /// Rules of ours are there, and not as they should be.
  case differs([RulesetDiff])
  /// The rules were handed over and are not there now.
  case unverified([RulesetDiff])
  /// What had been changed when a program failed could not be taken back; why, both times.
  indirect case stuck(LegacyError, takingBack: LegacyError)
}

extension LegacyError {
  /// Whether everything is as it was before.
  public var changedNothing: Bool {
    switch self {
    case .missing, .notRun, .failed, .unreadable, .differs: true
    case .unverified, .stuck: false
    }
  }
}

extension LegacyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let program): "cannot run \(program): there is no such program in PATH"
    case .notRun(let program, let errno): "cannot run \(program): \(errno)"
    case .failed(let program, let status): "\(program) ended with status \(status); nothing has changed"
    case .unreadable(let program, let error): "cannot read what \(program) printed: \(error)"
    case .differs(let diffs):
      "other Istio rules are already installed; --reconcile replaces them. Differences:\n"
        + diffs.text
    case .unverified(let diffs):
      "the rules were handed to iptables-legacy, but are not there now:\n" + diffs.text
    case .stuck(let error, let second):
      "\(error); no, part of the rules has changed, and taking it back failed: \(second)"
    }
  }
}

extension [RulesetDiff] {
  fileprivate var text: String {
    filter { !$0.isEmpty }.map { "\($0.family)\n\($0.text())" }.joined(separator: "\n")
  }
}
