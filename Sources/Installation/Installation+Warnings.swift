import Intercept
import Netfilter

/// States of the namespace besides right rules that are probably mistakes.
extension Installation {
  /// Sentences about the namespace after its rules are right.
  ///
  /// - Parameters:
  ///   - routing: the routing that the rules need.
  ///   - live: the routing of the namespace; nil to read it.
  ///   - kept: the rules of the other interface, if they are those of the configuration.
  ///   - shadowing: the differences of the installed rules, which are shadowing alone.
  ///   - isFirst: true if there were no rules of Istio before.
  ///   - isAlone: true if no other program has tables in nf_tables.
  func warnings(
    of routing: Routing, _ live: LiveRouting?, keeping kept: OtherRules? = nil,
    shadowing: [RulesetDiff] = [], isFirst: Bool = false, isAlone: Bool = false
  ) -> [String] {
    let facts = [
      uncapturedFamily(), isFirst ? openConnections() : nil,
      run.reconciles ? nil : unusedRouting(live, besides: routing),
    ].compactMap(\.self)
    let foreign = RedirectionPorts(configuration, in: backend.namespace)?.foreign ?? []
    return facts + foreign
      + shadowingRules(
        kept?.differences.rulesets ?? shadowing, in: kept?.backend ?? backend, kept?.origin ?? run.origin,
        isAlone: isAlone)
  }

  /// A sentence about policy rules and routes that no rule of the configuration needs; nil without any, or if they
  /// cannot be read.
  private func unusedRouting(_ live: LiveRouting?, besides wanted: Routing) -> String? {
    let found = live ?? (try? backend.namespace.run { try LiveRouting.read(marks: marks) })
    let unneeded = found?.differences(from: wanted).withoutPassthroughAddress.unexpected
    guard let rest = unneeded, !rest.isEmpty else { return nil }
    return "no rule needs \(rest); --reconcile or clean removes it"
  }
}
