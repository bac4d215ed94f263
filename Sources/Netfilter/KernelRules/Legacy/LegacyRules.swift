public import Intercept
import SystemPackage

/// Installs and removes the interception rules of iptables-legacy in the thread's network namespace.
///
/// Rules are read from the kernel, and written by the programs of iptables-legacy, one table at a time. If one fails, the
/// changes before it are reverted.
public struct LegacyRules: Sendable {
  public init() {}

  /// The rules of both families, with foreign ones.
  public func live() throws(LegacyError) -> [Ruleset] {
    var rulesets: [Ruleset] = []
    for family in IPFamily.allCases { rulesets.append(try live(family)) }
    return rulesets
  }

  /// Installs rules.
  ///
  /// - Parameters:
  ///   - wanted: at most one rule set per family; a family without one loses its Istio rules.
  ///   - mode: the treatment of installed Istio rules.
  public func apply(
    _ wanted: [Ruleset], _ mode: InterceptionRules.Mode = .install
  ) throws(LegacyError) -> LegacyReport {
    let live = try live()
    let all = wanted.differences(from: live)
    let diffs = all.filter { !$0.isInstalled }
    if diffs.isEmpty, mode != .rewrite {
      return LegacyReport(rulesets: wanted, changedAnything: false, shadowing: all)
    }
    let plans = live.map { LegacyPlan(from: $0, to: wanted[$0.family], known: wanted[$0.family]) }
    if !diffs.isEmpty, mode != .reconcile, plans.contains(where: \.removesAnything) { throw .differs(diffs) }
    for live in live {
      let wanted = wanted[live.family]
      let contested = Ownership(of: live, wanted: wanted).contested(in: live, beside: wanted)
      if let rule = contested.first { throw .contested(rule) }
    }
    try carryOut(plans, over: live, known: wanted)
    let now = wanted.differences(from: try self.live())
    let rest = now.filter { !$0.isInstalled }
    guard rest.isEmpty else { throw .unverified(rest) }
    return LegacyReport(
      rulesets: wanted, changedAnything: true, isFirst: !plans.contains(where: \.removesAnything),
      shadowing: now)
  }

  /// Removes all Istio rules.
  ///
  /// - Parameter known: rules to treat as Istio's besides those that show it.
  public func clean(_ known: [Ruleset] = []) throws(LegacyError) -> LegacyReport {
    let live = try live()
    let plans = live.map { LegacyPlan(from: $0, to: Ruleset($0.family), known: known[$0.family]) }
    try carryOut(plans, over: live, known: known)
    return LegacyReport(rulesets: [], changedAnything: plans.contains(where: \.removesAnything))
  }
}

extension LegacyRules {
  private func live(_ family: IPFamily) throws(LegacyError) -> Ruleset {
    do throws(Errno) {
      return try LegacyTables.ruleset(family)
    } catch {
      throw .unreadable(family, error)
    }
  }

  /// Runs the plans family by family. If one fails, the started ones are reverted.
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

  /// Runs a plan, waiting for the xtables lock.
  private func restore(_ plan: LegacyPlan) throws(LegacyError) {
    _ = try LegacyProgram.restore(plan.family).run(["--noflush", "--wait=10"], input: plan.text)
  }
}

/// The result of an installation or removal with iptables-legacy.
public struct LegacyReport: Hashable, Sendable {
  /// The installed rules, of families with rules.
  public let rulesets: [Ruleset]
  public let changedAnything: Bool
  /// True if there were no Istio rules before.
  public let isFirst: Bool
  /// The rules of other programs that shadow the installed ones, for each family with any.
  public let shadowing: [RulesetDiff]

  init(
    rulesets: [Ruleset], changedAnything: Bool, isFirst: Bool = false, shadowing: [RulesetDiff] = []
  ) {
    self.rulesets = rulesets.filter { !$0.isEmpty }
    (self.changedAnything, self.isFirst) = (changedAnything, isFirst)
    self.shadowing = shadowing.filter { !$0.isEmpty }
  }
}

/// Input for `iptables-legacy-restore --noflush` that changes live rules into wanted ones, one transaction per table.
struct LegacyPlan {
  let family: IPFamily
  /// The input; empty if nothing has to change.
  private(set) var text = ""
  /// True if Istio rules are installed.
  private(set) var removesAnything = false

  /// - Parameters:
  ///   - wanted: the Istio rules to install.
  ///   - known: rules to treat as Istio's besides those that show it.
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

  /// Deletions name rules by their text, not by their number, which other programs may change.
  private static func removal(of table: Table, _ owner: Ownership) -> String {
    let rules = table.chains.filter { !$0.name.isIstio }.flatMap { chain in
      owner.claimed(in: chain, of: table.name).map { "-D \(chain.name) \(chain.rules[$0].iptablesText)\n" }
    }
    let chains = table.chains.map(\.name).filter(\.isIstio)
    return rules.joined() + chains.map { "-F \($0)\n" }.joined() + chains.map { "-X \($0)\n" }.joined()
  }

  /// The table's lines for `iptables-restore`, without the first and the last.
  private static func addition(of table: Table, _ family: IPFamily) -> String {
    let lines = Ruleset(family, tables: [table]).restoreText().split(separator: "\n")
    return lines.dropFirst().dropLast().map { "\($0)\n" }.joined()
  }
}
