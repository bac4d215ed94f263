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

/// What `iptables-legacy-restore --noflush` is told to get from live rules to wanted ones, each table at once.
struct LegacyPlan {
  let family: IPFamily
  /// Empty if there is nothing to do.
  private(set) var text = ""
  /// Whether anything of ours is there now.
  private(set) var removesAnything = false

  /// - Parameters:
  ///   - wanted: what shall be there of ours.
  ///   - known: rules that are ours, besides those that show it themselves.
  init(from live: Ruleset, to wanted: Ruleset, known: Ruleset) {
    family = live.family
    let owner = Ownership(of: live, wanted: known)
    for name in TableName.allCases {
      let old = live[name].map { Self.removal(of: $0, owner) } ?? ""
      let new = wanted[name].map { Self.addition(of: $0, family) } ?? ""
      removesAnything = removesAnything || !old.isEmpty
      if !old.isEmpty || !new.isEmpty { text += "*\(name.rawValue)\n\(old)\(new)COMMIT\n" }
    }
  }

  /// Rules go by what they say and not by their numbers, which other programs may have changed meanwhile.
  private static func removal(of table: Table, _ owner: Ownership) -> String {
    let rules = table.chains.filter { !$0.name.isIstio }.flatMap { chain in
      owner.claimed(in: chain, of: table.name).map { "-D \(chain.name) \(chain.rules[$0].iptablesText)\n" }
    }
    let chains = table.chains.map(\.name).filter(\.isIstio)
    return rules.joined() + chains.map { "-F \($0)\n" }.joined() + chains.map { "-X \($0)\n" }.joined()
  }

  /// The table's part of the text for `iptables-restore`, without its first and last line.
  private static func addition(of table: Table, _ family: IPFamily) -> String {
    let lines = Ruleset(family, tables: [table]).restoreText().split(separator: "\n")
    return lines.dropFirst().dropLast().map { "\($0)\n" }.joined()
  }
}
