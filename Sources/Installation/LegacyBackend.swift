public import Intercept
import Netfilter

/// Rules in x_tables, which the programs of iptables-legacy read and write.
struct LegacyBackend: RuleBackend {
  let namespace: NetworkNamespace

  init(_ namespace: NetworkNamespace) {
    self.namespace = namespace
  }

  func live() throws(InstallationError) -> LiveInterception {
    LiveInterception(rulesets: try run { (rules) throws(LegacyError) in try rules.live() })
  }

  func differences(
    of live: LiveInterception, from wanted: [Ruleset]
  ) throws(InstallationError) -> InterceptionDiff {
    InterceptionDiff(rulesets: wanted.differences(from: live.rulesets))
  }

  func apply(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> RuleChange {
    try timed { (rules) throws(LegacyError) in try rules.apply(wanted, mode) }
  }

  func clean(_ known: [Ruleset]) throws(InstallationError) -> RuleChange {
    let change = try timed { (rules) throws(LegacyError) in try rules.clean(known) }
    let rest = RemovalPlan(try live(), known: known)
    guard rest.rulesets.isEmpty else { throw .notRemoved(rest) }
    return change
  }

  func plan(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> Plan {
    throw .unsupported("--plan")
  }

  func check(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> Plan {
    throw .unsupported("--check")
  }

  func duplicate() -> DuplicateInstallation? { .inNFTables(of: namespace) }

  private func run<Success>(
    _ body: (LegacyRules) throws(LegacyError) -> Success
  ) throws(InstallationError) -> Success {
    try namespace.inside { () throws(InstallationError) in
      try mapError(try body(LegacyRules()), InstallationError.legacy)
    }
  }

  private func timed(
    _ body: (LegacyRules) throws(LegacyError) -> LegacyReport
  ) throws(InstallationError) -> RuleChange {
    let start = ContinuousClock.now
    let report = try run(body)
    return RuleChange(
      changedAnything: report.changedAnything, isFirst: report.isFirst,
      installed: RuleSummary(report.rulesets, isLegacy: true), duration: ContinuousClock.now - start)
  }
}

extension [Ruleset] {
  /// Differences of live rules from these, for each live family.
  public func differences(from live: [Ruleset]) -> [RulesetDiff] {
    live.map { live in
      RulesetDiff(wanted: first { $0.family == live.family } ?? Ruleset(live.family), live: live)
    }
  }

  /// Differences of live rules from these, for each family of these; a family without live rules lacks them all.
  public func differences(inEachFamily live: [Ruleset]) -> [RulesetDiff] {
    map { wanted in
      RulesetDiff(wanted: wanted, live: live.first { $0.family == wanted.family } ?? Ruleset(wanted.family))
    }
  }
}
