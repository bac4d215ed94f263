import Intercept
import Netfilter

extension Installation {
  /// The rules of other programs that take connections away from the installed ones, one line each.
  ///
  /// - Parameters:
  ///   - differences: the differences of the installed rules, which are shadowing alone.
  ///   - backend: the interface that has the installed rules.
  ///   - origin: the tables that have them.
  ///   - isAlone: true if nf_tables contains nothing but the installed rules.
  func shadowingRules(
    _ differences: [RulesetDiff], in backend: any RuleBackend, _ origin: RuleOrigin, isAlone: Bool
  ) -> [String] {
    let others = otherTables(backend, origin, isAlone: isAlone)
    let places = Set(others.map(\.place))
    let preceding = PrecedingRule.all(differences, origin).filter { !places.contains($0.place) }.map(\.line)
    // Both families may have the same rule.
    return (preceding.distinct + others.map(\.line)).map { "shadowed by \($0)" }
  }

  private func otherTables(_ backend: any RuleBackend, _ origin: RuleOrigin, isAlone: Bool) -> [ShadowingRule]
  {
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
    }
  }
}

/// A rule of another program that precedes rules of Istio in their chain, and decides about packets before them.
private struct PrecedingRule {
  let place: RulePlace
  /// `rule 1 of OUTPUT (nat), -p tcp -m tcp --dport 81 -j RETURN: it precedes -j ISTIO_OUTPUT`.
  let line: String

  static func all(_ differences: [RulesetDiff], _ origin: RuleOrigin) -> [PrecedingRule] {
    differences.flatMap(\.chains).flatMap { chain in
      chain.differences.compactMap { PrecedingRule($0, chain, origin) }
    }
  }

  /// Nil for another difference than shadowing.
  private init?(_ difference: Difference, _ chain: ChainDiff, _ origin: RuleOrigin) {
    guard case .shadowed(let rule, _, let rules) = difference else { return nil }
    place = RulePlace(
      table: origin == .legacy ? .legacy(chain.table) : .iptables(chain.table), chain: "\(chain.chain)",
      index: rule.number)
    let shadowed = rules.first.map { ": it precedes \($0.rule.iptablesText)" } ?? ""
    line = "\(place), \(rule.rule.iptablesText)\(shadowed)"
  }
}
