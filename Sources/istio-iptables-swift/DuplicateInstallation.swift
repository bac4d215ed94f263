import Intercept
import Netfilter

/// Rules of Istio's in the tables of the other program, which packets pass as well: two sets are active at once.
enum DuplicateInstallation {
  /// Warns of rules that are not where the store keeps them.
  static func warn(beside store: RuleStore) {
    switch store {
    case .nfTables(let rules): warnOfLegacy(in: rules.namespace)
    case .legacy(let namespace): warnOfNFTables(in: namespace)
    }
  }

  private static func warnOfLegacy(in namespace: NetworkNamespace) {
    let chains = (try? namespace.run { LegacyTables.istioChains() }) ?? []
    guard !chains.isEmpty else { return }
    warn("iptables-legacy", chains.map(\.description), "clean --force-iptables-binary legacy")
  }

  private static func warnOfNFTables(in namespace: NetworkNamespace) {
    let live = (try? InterceptionRules(in: namespace).live()) ?? LiveInterception(rulesets: [])
    let chains = live.rulesets.flatMap { ruleset in
      ruleset.tables.flatMap { table in
        table.chains.filter(\.name.isIstio).map { "\($0.name) in \(table.name.rawValue) (\(ruleset.family))" }
      }
    }
    let tables = live.native.map { "table inet \($0.name)" }
    guard !chains.isEmpty || !tables.isEmpty else { return }
    warn("nf_tables", chains + tables, "clean")
  }

  private static func warn(_ place: String, _ chains: [String], _ remedy: String) {
    let more = chains.count > 3 ? " and \(chains.count - 3) more" : ""
    Console.warn(
      "two sets of rules are active: \(place) has \(chains.prefix(3).joined(separator: ", "))\(more) as well; "
        + "'\(remedy)' removes them")
  }
}
