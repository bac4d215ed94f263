import RuleModel

/// Rules from a listing of `iptables -L` without `-v`, which does not show conditions on interfaces.
extension Ruleset {
  /// The tables whose rules are from such a listing.
  var tablesHidingInterfaces: Set<TableName> {
    Set(tables.filter { $0.chains.contains { $0.rules.contains(where: \.hidesInterfaces) } }.map(\.name))
  }

  /// The rules without conditions on interfaces in some tables: equal rules may differ in such conditions only.
  func withoutInterfaces(in hidden: Set<TableName>) -> Ruleset {
    guard !hidden.isEmpty else { return self }
    return Ruleset(
      family,
      tables: tables.map { table in
        guard hidden.contains(table.name) else { return table }
        return Table(
          table.name,
          chains: table.chains.map { chain in
            Chain(chain.name, policy: chain.policy, rules: chain.rules.map(\.withoutInterfaces))
          })
      })
  }
}

extension Rule {
  /// True if the rule's text did not show its interfaces.
  var hidesInterfaces: Bool { matches.contains(.opaque(.unlistedInterfaces)) }

  /// The rule without conditions on interfaces.
  var withoutInterfaces: Rule { filteringMatches { !$0.isAboutInterface } }

  private func filteringMatches(_ isKept: (Match) -> Bool) -> Rule {
    Rule(matches.filter(isKept), target, reason: reason, placement: placement, counters: counters)
  }
}

extension Match {
  fileprivate var isAboutInterface: Bool {
    switch self {
    case .inInterface, .outInterface: true
    case .opaque(let match): match == .unlistedInterfaces
    case .source, .destination, .proto, .tcp, .udp, .multiport, .owner, .mark, .connmark, .conntrack, .state,
      .addressType, .comment:
      false
    }
  }
}
