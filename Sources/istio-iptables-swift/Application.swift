import ArgumentParser
import Installation
import Intercept
import Netfilter

/// The operation that `apply` performs for its options.
struct Application {
  let settings: Settings
  /// True if the kernel checks the change and nothing is committed.
  let isCheck: Bool

  func perform() throws {
    settings.warnings.forEach(Console.warn)
    let run = settings.run
    if run.cleansUpOnly { return try Removal(settings, isDryRun: isCheck || run.isDryRun).perform() }
    let installation = Installation(settings.configuration, run)
    if isCheck {
      Console.note(try installation.check().isNothing ? "nothing to do" : "the kernel would accept the rules")
    } else if run.isDryRun {
      try DryRun(settings).print()
    } else {
      if !run.skipsRuleApply { Console.report(try installation.apply()) }
      if run.validates { try Validation(settings.configuration, run).performAndReport() }
    }
  }
}

/// The operation of `clean` and of `apply --cleanup-only`.
struct Removal {
  private let installation: Installation
  private let isDryRun: Bool

  /// - Parameter isDryRun: true to list what would be removed, and change nothing.
  init(_ settings: Settings, isDryRun: Bool) {
    installation = Installation(settings.configuration, settings.run)
    self.isDryRun = isDryRun
  }

  func perform() throws {
    guard isDryRun else { return Console.report(try installation.clean()) }
    let plan = try installation.removalPlan()
    try Console.print(plan.text)
    Console.note(plan.isEmpty ? "dry run: nothing to remove" : "dry run: would remove \(plan)")
  }
}

extension Console {
  /// Prints the warnings and the lines of a report.
  static func report(_ report: InstallationReport) {
    report.warnings.forEach(warn)
    note(report.description)
  }
}

extension Validation {
  /// Validates, and reports the captured connections.
  ///
  /// - Throws: `CommandError` with Istio's status if a connection is not captured.
  func performAndReport() throws {
    do {
      Console.report(try perform())
    } catch {
      switch error {
      case .notCaptured(_, let diagnosis, let captured):
        captured.forEach { Console.note($0.description) }
        Console.warn(diagnosis.duplicate)
        throw CommandError(error.description, status: .notValidated)
      case .unavailable: throw CommandError(error.description)
      }
    }
  }
}

extension ExitCode {
  /// The status by which Istio's CNI plugin recognises a pod without rules.
  fileprivate static let notValidated = ExitCode(126)
}
