import Intercept
import Netfilter

/// What `apply` would put in, as text; nothing is touched, and no privilege is needed.
struct DryRun {
  private let settings: Settings

  init(_ settings: Settings) {
    self.settings = settings
  }

  func print() throws {
    if settings.run.cleansUpOnly {
      Console.note("dry run: everything of ours would be removed")
      return
    }
    try Console.print(RulesetBuilder.build(settings.configuration).map { $0.saveText() }.joined())
    let routing = Routing(settings.configuration)
    if !routing.isEmpty { Console.note("dry run: beside the rules: \(routing)") }
    Console.note("dry run: nothing was touched")
  }
}
