import Intercept
import Netfilter

/// Faults of the rules of a namespace in which a probe was not captured.
public struct ProbeDiagnosis: Hashable, Sendable {
  /// Sentences and differences, a line each.
  public let lines: [String]
  /// Istio rules in the tables of the other kernel interface.
  public let duplicate: DuplicateInstallation?

  init(
    _ missed: MissedProbe, of family: IPFamily, _ configuration: Configuration, _ backend: any RuleBackend
  ) {
    duplicate = backend.duplicate()
    do {
      lines = try Self.lines(missed.flow, family, RulesetBuilder.build(configuration), backend)
    } catch {
      lines = ["the missing rule is unknown, because the rules cannot be read: \(error)"]
    }
  }

  private static func lines(
    _ flow: Flow, _ family: IPFamily, _ wanted: [Ruleset], _ backend: any RuleBackend
  ) throws(InstallationError) -> [String] {
    let live = try backend.live()
    let isNative = !live.native.isEmpty
    let rules = isNative ? Ruleset(lifting: live.nativeRules, family) : live[family]
    let trace = Tracer(
      rules, of: isNative ? .native : .iptablesNFT, beside: try backend.allTables(),
      legacy: try backend.otherLegacyRules(family)
    ).trace(flow)
    let differences =
      isNative
      ? lines(try backend.differences(from: wanted))
      : lines(wanted: wanted.first { $0.family == family } ?? Ruleset(family), live: rules)
    return differences + [line(of: trace)]
  }

  /// Differences of live rules of the native form.
  private static func lines(_ diff: InterceptionDiff) -> [String] {
    if diff.isEmpty { return ["Istio's rules of the native form are as they should be"] }
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
  fileprivate var hasIstioChains: Bool {
    tables.contains { $0.chains.contains(where: \.name.isIstio) }
  }
}
