import Intercept
import Netfilter

/// Faults of the rules of a namespace in which a probe was not captured.
public struct ProbeDiagnosis: Hashable, Sendable {
  /// Sentences and differences, a line each.
  public let lines: [String]
  /// Istio rules in the tables of the other kernel interface.
  public let duplicate: DuplicateInstallation?
  /// True if the family has rules of Istio; false without them, and if they cannot be read.
  public let hasRules: Bool

  init(
    _ missed: MissedProbe, of family: IPFamily, _ configuration: Configuration, _ backend: any RuleBackend
  ) {
    let active: ActiveRules
    do {
      active = try ActiveRules(backend)
    } catch {
      (hasRules, duplicate) = (false, nil)
      lines = ["the rule at fault is unknown, because the rules cannot be read: \(error)"]
      return
    }
    hasRules = active.hasRules(family)
    duplicate =
      active.live.hasIstioRules && active.backend.interface == backend.interface ? backend.duplicate() : nil
    do {
      let tables = try active.backend.allTables()
      let trace = try Self.trace(missed.flow, family, active, tables)
      lines =
        ["result of these rules: \(trace.summary)"] + Self.dormancy(family, active, tables)
        + Self.delivery(trace, missed.end, configuration, backend.namespace)
        + Self.differences(active, family, RulesetBuilder.build(configuration))
    } catch {
      lines = ["the rule at fault is unknown, because other rules cannot be read: \(error)"]
    }
  }

  private static func trace(
    _ flow: Flow, _ family: IPFamily, _ active: ActiveRules, _ tables: NftRuleset
  ) throws(InstallationError) -> Trace {
    Tracer(
      active.rules(family), of: active.origin, beside: tables,
      legacy: try active.backend.otherLegacyRules(family)
    ).trace(flow)
  }

  /// The tables with Istio's rules that have no effect.
  private static func dormancy(_ family: IPFamily, _ active: ActiveRules, _ tables: NftRuleset) -> [String] {
    tables.dormantTables(with: active.rules(family).owned(), of: active.origin).map {
      "table \($0) is dormant: none of its rules has an effect; apply --reconcile ends that"
    }
  }

  /// The reason for which no proxy got a connection that rules redirected.
  private static func delivery(
    _ trace: Trace, _ end: MissedProbe.End, _ configuration: Configuration, _ namespace: NetworkNamespace
  ) -> [String] {
    guard end == .refusedElsewhere || end == .elsewhere, let port = trace.port else { return [] }
    let ports = RedirectionPorts([port], of: configuration, in: namespace)
    return (ports?.closed ?? []) + (ports?.foreign ?? [])
  }

  private static func differences(_ active: ActiveRules, _ family: IPFamily, _ wanted: [Ruleset]) -> [String]
  {
    if active.isNative {
      let comparison = FormComparison(wanted: wanted, live: active.live.rulesets, native: active.live.native)
      return lines(InterceptionDiff(comparison).text(), about: "rules of the native form")
    }
    let place = active.origin == .legacy ? "\(family) rules in \(RuleInterface.legacy)" : "\(family) rules"
    guard active.hasRules(family) else { return ["the namespace has no \(family) rules of Istio"] }
    return lines(RulesetDiff(wanted: wanted[family], live: active.rules(family)).text(), about: place)
  }

  private static func lines(_ differences: String, about rules: String) -> [String] {
    differences.isEmpty
      ? ["Istio's \(rules) are as they should be"]
      : ["differences from the \(rules) of these options:"]
        + differences.split(separator: "\n").map(String.init)
  }
}
