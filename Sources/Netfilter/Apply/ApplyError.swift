public import Intercept
public import SystemPackage

/// Why rules were not applied, taken away or read.
public enum ApplyError: Error, Hashable, Sendable {
  /// The network namespace could not be entered.
  case namespace(NamespaceError)
  /// There could be no thread to enter the namespace with.
  case thread(Errno)
  /// A wanted rule cannot be written.
  case encoding(RuleEncodingError)
  /// A wanted rule has no native form.
  case form(NativeFormError)
  /// There can be no plan: the rules that are there differ.
  case plan(PlanError)
  /// The kernel could not be asked, or said no.
  case refused(Refusal)
  /// Other programs changed the rules so often that they could not be read at rest, or no plan lasted until the
  /// kernel had it.
  case contended(attempts: Int, within: Duration)
  /// The kernel was sent the rules, and could not be asked what became of them.
  case uncertain(Refusal)
  /// The rules were written and are not there now; the plan would set them right.
  case unverified(Plan)
  /// The rules were written, and another program changed them at once; the plan would set them right.
  case overtaken(Plan)
}

extension ApplyError {
  /// Whether all is certainly as it was before.
  public var changedNothing: Bool {
    switch self {
    case .namespace, .thread, .encoding, .form, .plan, .refused, .contended: true
    case .uncertain, .unverified, .overtaken: false
    }
  }
}

extension ApplyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .namespace(let error): error.description
    case .thread(let errno): "cannot start a thread: \(errno)"
    case .encoding(let error): error.description
    case .form(let error): error.description
    case .plan(let error): error.description
    case .refused(let refusal): refusal.description
    case .uncertain(let refusal): "the rules may have been written, or not: \(refusal)"
    case .contended(let attempts, let time):
      "other programs keep changing the rules, each time between reading and writing them: "
        + "gave up after \(time) and \(attempts) attempts, nothing was changed"
    case .unverified(let plan):
      "the kernel took the rules, but does not have them now; what would set them right:\n\(plan)"
    case .overtaken(let plan):
      "the rules were written, but another program changed them at once; what would set them right:\n\(plan)"
    }
  }
}
