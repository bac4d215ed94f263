import Intercept

/// Rules as JSON: the answer of `print --format json`.
struct RulesetJSON: Encodable {
  let release: String
  let families: [FamilyJSON]

  static func text(of rulesets: [Ruleset], release: IstioRelease) throws -> String {
    try JSONWriter.text(RulesetJSON(release: release.description, families: rulesets.map(FamilyJSON.init)))
  }
}

struct FamilyJSON: Encodable {
  let family: String
  let tables: [TableJSON]

  init(_ ruleset: Ruleset) {
    family = ruleset.family.rawValue
    tables = ruleset.tables.map(TableJSON.init)
  }
}

struct TableJSON: Encodable {
  let name: String
  let chains: [ChainJSON]

  init(_ table: Table) {
    name = table.name.rawValue
    chains = table.chains.map(ChainJSON.init)
  }
}

struct ChainJSON: Encodable {
  let name: String
  /// The policy of a built-in chain; absent in a user-defined one.
  let policy: String?
  let rules: [RuleJSON]

  init(_ chain: Chain) {
    name = chain.name.text
    policy = chain.name.hook == nil ? nil : chain.policy.rawValue
    rules = chain.rules.map(RuleJSON.init)
  }
}

struct RuleJSON: Encodable {
  let matches: [MatchJSON]
  let target: TargetJSON
  let reason: String?
  /// The whole rule as `iptables-save` prints it after `-A CHAIN`.
  let iptables: String

  init(_ rule: Rule) {
    matches = rule.matches.flatMap(MatchJSON.all)
    target = TargetJSON(rule.target)
    reason = rule.reason
    iptables = rule.iptablesText
  }
}
