import Intercept
import Netfilter

/// Rules in x_tables, which the programs of iptables-legacy read and write.
struct LegacyBackend: RuleBackend {
  let namespace: NetworkNamespace

  init(_ namespace: NetworkNamespace) {
    self.namespace = namespace
  }

  func generation() throws(InstallationError) -> Generation? { nil }

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
    let rest = try found(known: known)
    guard rest.isEmpty else { throw .notRemoved(rest) }
    return change
  }

  func plan(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> Plan {
    throw .unsupported("--plan")
  }

  func check(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> Plan {
    throw .unsupported("--check")
  }

  var interface: RuleInterface { .legacy }

  var other: (any RuleBackend)? { NFTablesBackend(InterceptionRules(in: namespace)) }

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
      installed: RuleSummary([], legacy: report.rulesets), shadowing: report.shadowing,
      duration: ContinuousClock.now - start)
  }
}
