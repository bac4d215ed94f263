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

  init(_ plan: Plan, attempts: Int) {
    self.plan = plan
    self.attempts = attempts
    rulesets = plan.wanted.rulesets.filter { !$0.isEmpty }
    native = plan.wanted.native
  }

  public var changedAnything: Bool { !plan.isNothing }
}

extension ApplyReport: CustomStringConvertible {
  /// One line: what is there now, and whether it was there before.
  public var description: String {
    let families = rulesets.map {
      "\($0.family): \($0.ruleCount) rules in \($0.tables.map(\.name.rawValue).joined(separator: ", "))"
    }
    let tables = native.tables.map(\.name.kernelName).joined(separator: ", ")
    let what = families + (native.isEmpty ? [] : ["\(native.ruleCount) rules in \(tables)"])
    let there = what.isEmpty ? "no rules of Istio's" : what.joined(separator: "; ")
    return changedAnything ? "done: \(there)" : "nothing to do: \(there)"
  }
}
