import Intercept
import Netfilter

/// Rules in nf_tables, in the encoding of iptables-nft or in tables of their own.
struct NFTablesBackend: RuleBackend {
  private let rules: InterceptionRules

  init(_ rules: InterceptionRules) {
    self.rules = rules
  }

  var namespace: NetworkNamespace { rules.namespace }

  func generation() throws(InstallationError) -> Generation? {
    try mapError(try rules.generation(), InstallationError.nfTables)
  }

  func live() throws(InstallationError) -> LiveInterception {
    try mapError(try rules.live(), InstallationError.nfTables)
  }

  func differences(
    of live: LiveInterception, from wanted: [Ruleset]
  ) throws(InstallationError) -> InterceptionDiff {
    try mapError(try rules.differences(of: live, from: wanted), InstallationError.nfTables)
  }

  func apply(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> RuleChange {
    RuleChange(
      try advising(wanted) { (rules) throws(ApplyError) in try rules.apply(wanted, mode) })
  }

  func clean(_ known: [Ruleset]) throws(InstallationError) -> RuleChange {
    RuleChange(try mapError(try rules.clean(known), InstallationError.nfTables))
  }

  func plan(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> Plan {
    try mapError(try rules.plan(wanted, mode), InstallationError.nfTables)
  }

  func check(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> Plan {
    try advising(wanted) { (rules) throws(ApplyError) in try rules.check(wanted, mode) }
  }

  var interface: RuleInterface { .nfTables }

  var other: (any RuleBackend)? { LegacyBackend(namespace) }

  /// Runs a body. If the kernel lacks modules for it, the error mentions the native form where that would work.
  private func advising<Success>(
    _ wanted: [Ruleset], _ body: (InterceptionRules) throws(ApplyError) -> Success
  ) throws(InstallationError) -> Success {
    try mapError(
      try NativeAlternative(wanted, insteadOf: rules).advising { () throws(ApplyError) in try body(rules) },
      InstallationError.nfTables)
  }
}

extension RuleChange {
  fileprivate init(_ report: ApplyReport) {
    changedAnything = report.changedAnything
    installed = RuleSummary(report.rulesets, nativeRules: report.native.tables.map { $0.chains.ruleCount })
    duration = report.duration
    held = report.plan.held
    shadowing = report.shadowing
    isAlone = report.isAlone
    isFirst = report.changedAnything && !report.plan.removesAnything
  }
}
