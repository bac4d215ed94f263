import Intercept
import Netfilter

/// What `apply` does, once it is known what is wanted.
struct Application {
  let settings: Settings
  /// Whether the kernel is only asked.
  let isCheck: Bool

  func perform() throws {
    settings.warnings.forEach(Console.warn)
    if isCheck {
      Console.note(try Installation(settings).check())
    } else if settings.run.isDryRun {
      try DryRun(settings).print()
    } else if settings.run.cleansUpOnly {
      Console.note(try Installation(settings).remove().description)
    } else {
      if !settings.run.skipsRuleApply { Console.note(try Installation(settings).install().description) }
      if settings.run.validates { try Validation(settings).perform() }
    }
  }
}
