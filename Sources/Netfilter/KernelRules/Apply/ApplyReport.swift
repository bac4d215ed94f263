public import Intercept

/// What was done, once it has been done and seen to be there.
public struct ApplyReport: Hashable, Sendable {
  /// The operations that were carried out; none if everything was right already.
  public let plan: Plan
  /// The rules that were wanted, as the kernel has them; of families with rules, in the form of iptables-nft.
  public let rulesets: [Ruleset]
  /// Those that were wanted in the native form.
  public let native: NativeRuleset
  /// How many plans were made; more than one if another program changed the rules meanwhile.
  public let attempts: Int
  /// How long it took to read, plan, commit and read back.
  public let duration: Duration

  init(_ plan: Plan, attempts: Int, duration: Duration) {
    (self.plan, self.attempts, self.duration) = (plan, attempts, duration)
    rulesets = plan.wanted.rulesets.filter { !$0.isEmpty }
    native = plan.wanted.native
  }

  public var changedAnything: Bool { !plan.isNothing }
}
