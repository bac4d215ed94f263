import Intercept
import Netfilter

extension Installation {
  /// The rules of other programs that take connections away from the installed ones, one line each.
  ///
  /// - Parameters:
  ///   - backend: the interface that has the installed rules.
  ///   - origin: the tables that have them.
  ///   - isAlone: true if nf_tables contains nothing but the installed rules.
  func shadowingRules(in backend: any RuleBackend, _ origin: RuleOrigin, isAlone: Bool) -> [String] {
    let legacy = origin == .legacy ? [] : (try? backend.legacyRules()) ?? []
    let tables = isAlone ? nil : try? backend.contestedTables(of: origin)
    guard tables?.isEmpty == false || !legacy.isEmpty || origin == .legacy,
      let addresses = try? backend.namespace.run({ try NamespaceAddresses.readInterfaces() })
    else { return [] }
    // Istio's own tables have no rules of other programs.
    let live = isAlone || origin == .native ? nil : try? backend.live()
    let context = addresses.context(loopbackMarks: [])
    return wanted.flatMap { wanted in
      ShadowingRule.all(
        wanted, of: origin, beside: tables ?? NftRuleset(),
        live: live?.rulesets.first { $0.family == wanted.family },
        legacy: legacy.first { $0.family == wanted.family }, in: context)
    }.map { "shadowed by \($0.line)" }
  }
}
