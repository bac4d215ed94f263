import Intercept

/// What `iptables-legacy-restore --noflush` is told to get from live rules to wanted ones, each table at once.
struct LegacyPlan {
  let family: IPFamily
  /// Empty if there is nothing to do.
  private(set) var text = ""
  /// Whether anything of ours is there now.
  private(set) var removesAnything = false

  /// - Parameters:
  ///   - wanted: what shall be there of ours.
  ///   - known: rules that are ours, besides those that show it themselves.
  init(from live: Ruleset, to wanted: Ruleset, known: Ruleset) {
    family = live.family
    let owner = Ownership(of: live, wanted: known)
    for name in TableName.allCases {
      let old = live[name].map { Self.removal(of: $0, owner) } ?? ""
      let new = wanted[name].map { Self.addition(of: $0, family) } ?? ""
      removesAnything = removesAnything || !old.isEmpty
      if !old.isEmpty || !new.isEmpty { text += "*\(name.rawValue)\n\(old)\(new)COMMIT\n" }
    }
  }

  /// Rules go by what they say and not by their numbers, which other programs may have changed meanwhile.
  private static func removal(of table: Table, _ owner: Ownership) -> String {
    let rules = table.chains.filter { !$0.name.isIstio }.flatMap { chain in
      owner.claimed(in: chain, of: table.name).map { "-D \(chain.name) \(chain.rules[$0].iptablesText)\n" }
    }
    let chains = table.chains.map(\.name).filter(\.isIstio)
    return rules.joined() + chains.map { "-F \($0)\n" }.joined() + chains.map { "-X \($0)\n" }.joined()
  }

  /// The table's part of the text for `iptables-restore`, without its first and last line.
  private static func addition(of table: Table, _ family: IPFamily) -> String {
    let lines = Ruleset(family, tables: [table]).restoreText().split(separator: "\n")
    return lines.dropFirst().dropLast().map { "\($0)\n" }.joined()
  }
}
