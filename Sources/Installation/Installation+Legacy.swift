import Intercept
import Netfilter

/// Rules of iptables-legacy, where nf_tables are to have them.
extension Installation {
  /// The rules of iptables-legacy, if they alone are Istio's and are right; nil otherwise, or if the options replace
  /// them.
  func rulesInLegacyAlone() -> RuleSummary? {
    guard !run.reconciles, !run.forcesApply, !(backend is LegacyBackend), backend.duplicate() != nil,
      let live = try? backend.live(), live.native.isEmpty, !live.rulesets.contains(where: \.hasIstioChains),
      let legacy = try? backend.legacyRules()
    else { return nil }
    let wanted = RulesetBuilder.build(configuration).filter { !$0.isEmpty }
    let isRight = wanted.differences(inEachFamily: legacy).allSatisfy(\.isEmpty)
    return isRight ? RuleSummary(wanted, isLegacy: true) : nil
  }

  /// Removes Istio's rules from iptables-legacy after they are in nf_tables.
  ///
  /// - Returns: the removed rules; nil if there were none.
  func removeFromLegacy() throws(InstallationError) -> RuleSummary? {
    guard !(backend is LegacyBackend), backend.duplicate() != nil else { return nil }
    let known = RulesetBuilder.build(configuration)
    let legacy = LegacyBackend(backend.namespace)
    let found = RemovalPlan(try legacy.live(), known: known)
    _ = try legacy.clean(known)
    return RuleSummary(found.rulesets, isLegacy: true)
  }
}
