import Intercept
import Netfilter

/// The text of the rules that `apply` would install. Nothing is touched, and no privilege is needed.
struct DryRun {
  private let settings: Settings

  init(_ settings: Settings) {
    self.settings = settings
  }

  func print() throws {
    try Console.print(text())
    let routing = Routing(settings.configuration)
    if !routing.isEmpty { Console.note("dry run: would also add \(routing)") }
    Console.note("dry run: nothing was touched")
  }

  private func text() throws -> String {
    let rulesets = RulesetBuilder.build(settings.configuration)
    switch settings.run.form {
    case .iptablesNFT, .iptablesLegacy: return rulesets.map { $0.saveText() }.joined()
    case .native: return try NativeRuleset(lowering: rulesets).nftText
    }
  }
}
