import Intercept
import Netfilter

/// The rules of both kernel interfaces of a namespace, nf_tables and x_tables, for removing them from both.
///
/// Rules are installed in nf_tables.
struct AllBackends: RuleBackend {
  let namespace: NetworkNamespace
  private let nfTables: NFTablesBackend
  private let legacy: LegacyBackend

  init(_ namespace: NetworkNamespace) {
    self.namespace = namespace
    nfTables = NFTablesBackend(InterceptionRules(in: namespace))
    legacy = LegacyBackend(namespace)
  }

  /// None: x_tables has no generations.
  func generation() throws(InstallationError) -> Generation? { nil }

  func live() throws(InstallationError) -> LiveInterception { try nfTables.live() }

  func found(known: [Ruleset]) throws(InstallationError) -> RemovalPlan {
    let rules = LiveInterception(rulesets: try legacyRules())
    return try nfTables.found(known: known).adding(RemovalPlan(rules, in: .legacy, known: known))
  }

  func differences(
    of live: LiveInterception, from wanted: [Ruleset]
  ) throws(InstallationError) -> InterceptionDiff {
    try nfTables.differences(of: live, from: wanted)
  }

  func apply(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> RuleChange {
    try nfTables.apply(wanted, mode)
  }

  /// Removes the rules of x_tables first: its programs may be missing, and then nothing has changed.
  func clean(_ known: [Ruleset]) throws(InstallationError) -> RuleChange {
    let first = try legacyRules().isEmpty ? nil : legacy.clean(known)
    let second = try nfTables.clean(known)
    return RuleChange(
      changedAnything: first?.changedAnything == true || second.changedAnything, installed: second.installed,
      held: second.held, duration: (first?.duration ?? .zero) + second.duration)
  }

  func plan(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> Plan {
    try nfTables.plan(wanted, mode)
  }

  func check(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> Plan {
    try nfTables.check(wanted, mode)
  }

  var interface: RuleInterface { .nfTables }

  /// None: the rules of both are removed.
  var other: (any RuleBackend)? { nil }
}
