import Intercept
import Netfilter

/// What is wrong with the rules of a namespace in which a probe failed.
struct ProbeDiagnosis {
  /// Sentences and differences, a line each.
  let lines: [String]

  init(
    _ error: ProbeError, of family: IPFamily, _ configuration: Configuration, _ rules: RuleStore
  ) {
    switch error {
    case .noListener, .failed: lines = []
    case .missed(let missed):
      let wanted = RulesetBuilder.build(configuration)
      do {
        DuplicateInstallation.warn(beside: rules)
        let live = try rules.live()
        if live.native.isEmpty {
          lines = Self.lines(
            missed.flow, wanted: wanted.first { $0.family == family } ?? Ruleset(family), live: live[family])
        } else {
          let trace = Tracer(Ruleset(lifting: live.nativeRules, family)).trace(missed.flow)
          lines = Self.lines(try rules.differences(from: wanted)) + [Self.line(of: trace)]
        }
      } catch {
        lines = ["which rule is missing cannot be said, since the rules cannot be read: \(error)"]
      }
    }
  }

  /// What live rules of the native form lack, or have too much.
  private static func lines(_ diff: InterceptionDiff) -> [String] {
    if diff.isEmpty { return ["Istio's rules of the native form are as they should be"] }
    return ["how the rules differ from those of these options:"]
      + diff.text().split(separator: "\n").map(String.init)
  }

  /// What live rules lack, or have too much, and which of them decides.
  private static func lines(_ flow: Flow, wanted: Ruleset, live: Ruleset) -> [String] {
    guard live.hasIstioChains else { return ["the namespace has no \(live.family) rules of Istio's at all"] }
    let diff = RulesetDiff(wanted: wanted, live: live)
    let differences =
      diff.isEmpty
      ? ["Istio's \(live.family) rules are as they should be"]
      : ["how the \(live.family) rules differ from those of these options:"]
        + diff.text().split(separator: "\n").map(String.init)
    return differences + [line(of: Tracer(live).trace(flow))]
  }

  private static func line(of trace: Trace) -> String { "what the rules do with it: \(trace.summary)" }
}

extension Ruleset {
  fileprivate var hasIstioChains: Bool {
    tables.contains { $0.chains.contains(where: \.name.isIstio) }
  }
}
