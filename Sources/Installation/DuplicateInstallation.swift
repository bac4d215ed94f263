import Intercept
import Netfilter

/// Istio rules in the tables of the other kernel interface: packets traverse both sets.
public struct DuplicateInstallation: Hashable, Sendable {
  /// Name of the other interface: `nf_tables` or `iptables-legacy`.
  private let place: String
  /// The chains and tables that were found.
  private let chains: [String]
  /// The subcommand that removes them.
  private let remedy: String

  private init?(_ place: String, _ chains: [String], remedy: String) {
    guard !chains.isEmpty else { return nil }
    (self.place, self.chains, self.remedy) = (place, chains, remedy)
  }

  static func inLegacyTables(of namespace: NetworkNamespace) -> DuplicateInstallation? {
    let chains = (try? namespace.run { LegacyTables.istioChains() }) ?? []
    return DuplicateInstallation(
      "iptables-legacy", chains.map(\.description), remedy: "clean --force-iptables-binary legacy")
  }

  static func inNFTables(of namespace: NetworkNamespace) -> DuplicateInstallation? {
    guard let live = try? InterceptionRules(in: namespace).live() else { return nil }
    let chains = live.rulesets.flatMap { ruleset in
      ruleset.tables.flatMap { table in
        table.chains.filter(\.name.isIstio).map { "\($0.name) in \(table.name.rawValue) (\(ruleset.family))" }
      }
    }
    return DuplicateInstallation(
      "nf_tables", chains + live.native.map { "table inet \($0.name)" },
      remedy: "clean --force-iptables-binary nft")
  }
}

extension DuplicateInstallation: CustomStringConvertible {
  public var description: String {
    let more = chains.count > 3 ? " and \(chains.count - 3) more" : ""
    return
      "two sets of rules are active: \(place) has \(chains.prefix(3).joined(separator: ", "))\(more) as well; "
      + "'\(remedy)' removes them"
  }
}
