public import Intercept

/// What was done with iptables-legacy, once it has been done.
public struct LegacyReport: Hashable, Sendable {
  /// The rules that are there now, of families with rules.
  public let rulesets: [Ruleset]
  public let changedAnything: Bool

  init(rulesets: [Ruleset], changedAnything: Bool) {
    self.rulesets = rulesets.filter { !$0.isEmpty }
    self.changedAnything = changedAnything
  }
}
