public import Intercept

/// The rules of interception in the tables of iptables-legacy, of the thread's network namespace. Its own programs do
/// the work.
///
/// They change one table at a time. What fails on the way is taken back, so that no half of the rules stays.
public struct LegacyRules: Sendable {
  public init() {}

  /// The rules of both families, foreign ones and all.
  public func live() throws(LegacyError) -> [Ruleset] {
    var rulesets: [Ruleset] = []
    for family in IPFamily.allCases { rulesets.append(try live(family)) }
    return rulesets
  }

  /// Puts rules in.
  ///
  /// - Parameters:
  ///   - wanted: at most one rule set per family; what is there of ours in a family without one is not wanted.
  ///   - mode: how to treat rules of ours that are there already.
  public func apply(
    _ wanted: [Ruleset], _ mode: InterceptionRules.Mode = .install
  ) throws(LegacyError) -> LegacyReport {
    let live = try live()
    let diffs = wanted.differences(from: live)
    if diffs.isEmpty, mode != .rewrite { return LegacyReport(rulesets: wanted, changedAnything: false) }
    let plans = live.map { LegacyPlan(from: $0, to: wanted[$0.family], known: wanted[$0.family]) }
    if !diffs.isEmpty, mode != .reconcile, plans.contains(where: \.removesAnything) { throw .differs(diffs) }
    try carryOut(plans, over: live, known: wanted)
    let rest = wanted.differences(from: try self.live())
    guard rest.isEmpty else { throw .unverified(rest) }
    return LegacyReport(rulesets: wanted, changedAnything: true)
  }

  /// Takes everything of ours away.
  ///
  /// - Parameter known: rules that are ours, besides those that show it themselves.
  public func clean(_ known: [Ruleset] = []) throws(LegacyError) -> LegacyReport {
    let live = try live()
    let plans = live.map { LegacyPlan(from: $0, to: Ruleset($0.family), known: known[$0.family]) }
    try carryOut(plans, over: live, known: known)
    return LegacyReport(rulesets: [], changedAnything: plans.contains(where: \.removesAnything))
  }
}

extension LegacyRules {
  /// A kernel that has no tables of the family needs no program to say so.
  private func live(_ family: IPFamily) throws(LegacyError) -> Ruleset {
    if LegacyTables.tables(family) == [] { return Ruleset(family) }
    let save = LegacyProgram.save(family)
    let text = try save.run([])
    do throws(IptablesSyntaxError) {
      return try IptablesDump.parse(text, family: family).ruleset
    } catch {
      throw .unreadable(save.name, error)
    }
  }

  /// Family after family; if one fails, all that were begun become what they were.
  private func carryOut(
    _ plans: [LegacyPlan], over live: [Ruleset], known: [Ruleset]
  ) throws(LegacyError) {
    var begun: [Ruleset] = []
    for (plan, old) in zip(plans, live) where !plan.text.isEmpty {
      begun.append(old)
      do throws(LegacyError) {
        try restore(plan)
      } catch {
        try takeBack(begun, known: known, after: error)
        throw error
      }
    }
  }

  private func takeBack(
    _ begun: [Ruleset], known: [Ruleset], after failure: LegacyError
  ) throws(LegacyError) {
    do throws(LegacyError) {
      for old in begun {
        let known = known[old.family]
        let (now, then) = (try live(old.family).owned(known: known), old.owned(known: known))
        if RulesetDiff(wanted: then, live: now).isEmpty { continue }
        try restore(LegacyPlan(from: now, to: then, known: known))
      }
    } catch {
      throw .stuck(failure, takingBack: error)
    }
  }

  /// Another program may hold the lock for a while.
  private func restore(_ plan: LegacyPlan) throws(LegacyError) {
    _ = try LegacyProgram.restore(plan.family).run(["--noflush", "--wait=10"], input: plan.text)
  }
}

extension [Ruleset] {
  /// In what live rules of ours are not as these; foreign rules in front of them do not count.
  fileprivate func differences(from live: [Ruleset]) -> [RulesetDiff] {
    live.map { RulesetDiff(wanted: self[$0.family], live: $0) }.filter { diff in
      diff.chains.contains { $0.presence != .present || $0.differences.contains { $0.kind != .shadowed } }
    }
  }
}
