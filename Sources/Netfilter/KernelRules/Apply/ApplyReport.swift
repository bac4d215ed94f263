public import Intercept

/// The result of an installation or removal, verified by reading the rules back.
public struct ApplyReport: Hashable, Sendable {
  /// The operations; empty if nothing had to change.
  public let plan: Plan
  /// The installed rules of the iptables-nft backend, of families with rules.
  public let rulesets: [Ruleset]
  /// The installed rules of the nftables backend.
  public let native: NativeRuleset
  /// Number of plans made; more than one if another program changed the rules meanwhile.
  public let attempts: Int
  /// True if nf_tables contains nothing besides what was installed; false if that is not known.
  public let isAlone: Bool
  /// The rules of other programs in Istio's built-in chains that shadow the installed ones, for each family with any.
  public let shadowing: [RulesetDiff]
  /// The time to read, plan, commit and read back.
  public let duration: Duration

  init(_ plan: Plan, attempts: Int, isAlone: Bool, shadowing: [RulesetDiff], duration: Duration) {
    (self.plan, self.attempts, self.isAlone) = (plan, attempts, isAlone)
    (self.shadowing, self.duration) = (shadowing, duration)
    rulesets = plan.wanted.rulesets.filter { !$0.isEmpty }
    native = plan.wanted.native
  }

  public var changedAnything: Bool { !plan.isNothing }
}
