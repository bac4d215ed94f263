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

extension LegacyReport: CustomStringConvertible {
  /// One line: what is there now, and whether it was there before.
  public var description: String {
    let there = "\(InstalledRules(rulesets)) in iptables-legacy"
    return changedAnything ? "done: \(there)" : "nothing to do: \(there)"
  }
}
