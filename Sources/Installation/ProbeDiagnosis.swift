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
    duplicate = backend.duplicate()
    let live: LiveInterception
    do {
      live = try backend.live()
    } catch {
      hasRules = false
      lines = ["the missing rule is unknown, because the rules cannot be read: \(error)"]
      return
    }
    hasRules = !live.native.isEmpty || live[family].hasIstioChains
    do {
      lines = try Self.lines(missed.flow, family, RulesetBuilder.build(configuration), live, backend)
    } catch {
      lines = ["the rule at fault is unknown, because other rules cannot be read: \(error)"]
    }
  }

  private static func lines(
    _ flow: Flow, _ family: IPFamily, _ wanted: [Ruleset], _ live: LiveInterception,
    _ backend: any RuleBackend
  ) throws(InstallationError) -> [String] {
    let isNative = !live.native.isEmpty
    let rules = isNative ? Ruleset(lifting: live.nativeRules, family) : live[family]
    let trace = Tracer(
      rules, of: isNative ? .native : .iptablesNFT, beside: try backend.allTables(),
      legacy: try backend.otherLegacyRules(family)
    ).trace(flow)
    let differences =
      isNative
      ? FormComparison(wanted: wanted, live: live.rulesets, native: live.native).isEmpty
        ? [nativeIsRight] : lines(try backend.differences(of: live, from: wanted))
      : lines(wanted: wanted.first { $0.family == family } ?? Ruleset(family), live: rules)
    return [line(of: trace)] + differences
  }

  private static let nativeIsRight = "Istio's rules of the native form are as they should be"

  /// Differences of live rules of the native form.
  private static func lines(_ diff: InterceptionDiff) -> [String] {
    if diff.isEmpty { return [nativeIsRight] }
    return ["differences from the rules of these options:"]
      + diff.text().split(separator: "\n").map(String.init)
  }

  /// Differences of live rules.
  private static func lines(wanted: Ruleset, live: Ruleset) -> [String] {
    guard live.hasIstioChains else { return ["the namespace has no \(live.family) rules of Istio"] }
    let diff = RulesetDiff(wanted: wanted, live: live)
    return diff.isEmpty
      ? ["Istio's \(live.family) rules are as they should be"]
      : ["differences from the \(live.family) rules of these options:"]
        + diff.text().split(separator: "\n").map(String.init)
  }

  private static func line(of trace: Trace) -> String { "result of these rules: \(trace.summary)" }
}

extension Ruleset {
  var hasIstioChains: Bool {
    tables.contains { $0.chains.contains(where: \.name.isIstio) }
  }
}
