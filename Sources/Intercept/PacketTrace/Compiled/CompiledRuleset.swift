import NftablesRuleset
import RuleModel

/// A rule set compiled for evaluation: flat arrays of chains and rules, referenced by number.
///
/// A class, so that evaluations share it without reference counting of its parts.
final class CompiledRuleset: Sendable {
  struct CompiledChain: Sendable {
    let table: TableName
    /// True for a chain of iptables-legacy.
    let isLegacy: Bool
    let name: ChainName
    let policy: Policy
    /// Range of the chain's rules in the compiled rule set.
    let rules: Range<Int>
  }

  struct CompiledRule: Sendable {
    /// Range of the rule's tests in the compiled rule set.
    let tests: Range<Int>
    let action: Action
  }

  let chains: [CompiledChain]
  let rules: [CompiledRule]
  let tests: [Test]
  /// The source rules, under the same numbers.
  let sources: [Rule]
  /// True if a rule enables connection tracking (`nf_ct_netns_get`), without which nat is not evaluated.
  let tracksConnections: Bool
  /// The tables of nf_tables that are not iptables'.
  let nftables: CompiledNftables
  /// Parts of the rules that are not modelled.
  let notFollowed: [String]
  /// Number of the chain for each table and hook; -1 for none.
  private let entries: [Int]
  /// The base chains of every hook, in the order of evaluation.
  private let schedules: [HookSchedule]

  /// - Parameters:
  ///   - origin: the tables that the rules are from.
  ///   - tables: all tables of nf_tables.
  ///   - legacy: the rules of iptables-legacy.
  ///   - isLegacyFirst: true if the chains of iptables-legacy precede those of nf_tables with equal priority.
  init(
    _ ruleset: Ruleset, of origin: RuleOrigin = .iptablesNFT, beside tables: NftRuleset = NftRuleset(),
    legacy: Ruleset? = nil, isLegacyFirst: Bool = false
  ) {
    let active = tables.active(ruleset, of: origin)
    let builder = CompiledRulesetBuilder(active, legacy: legacy ?? Ruleset(ruleset.family))
    chains = builder.chains
    rules = builder.rules
    tests = builder.tests
    sources = builder.sources
    entries = builder.entries
    nftables = CompiledNftables(tables, ruleset.family, besides: origin, firstRule: builder.rules.count)
    notFollowed = nftables.notFollowed
    tracksConnections = builder.sources.contains(where: \.needsConntrack) || nftables.tracksConnections
    let (entries, nftables) = (entries, nftables)
    schedules = Hook.allCases.map { hook in
      HookSchedule(hook, nftables, isLegacyFirst: isLegacyFirst, isLegacy: origin == .legacy) {
        table, isLegacy in
        let chain = entries[CompiledRulesetBuilder.slot(table, hook, isLegacy: isLegacy)]
        return chain < 0 ? nil : chain
      }
    }
  }

  /// The base chains of a hook, in the order of evaluation.
  func schedule(_ hook: Hook) -> HookSchedule { schedules[hook.number] }

  /// A rule by its number.
  func source(of rule: Int) -> TracedRule {
    rule < sources.count ? .iptables(sources[rule]) : .nftables(nftables.rules[rule - sources.count])
  }

  /// Table, chain and index of a rule.
  func place(of rule: Int) -> RulePlace? {
    if rule >= sources.count { return nftables.place(of: rule) }
    guard let chain = chains.first(where: { $0.rules.contains(rule) }) else { return nil }
    return RulePlace(
      table: TracedTable(chain.table, isLegacy: chain.isLegacy), chain: chain.name.text,
      index: rule - chain.rules.lowerBound + 1)
  }
}

extension Rule {
  /// True if the kernel enables connection tracking for the rule. Opaque matches and targets count as true:
  /// most of them accompany rules that need it.
  var needsConntrack: Bool { target.needsConntrack || matches.contains(where: \.needsConntrack) }
}

extension Match {
  /// True if the kernel enables connection tracking for the match.
  var needsConntrack: Bool {
    switch self {
    case .connmark, .conntrack, .state, .opaque: true
    case .source, .destination, .inInterface, .outInterface, .proto, .tcp, .udp, .multiport, .owner, .mark,
      .addressType, .comment:
      false
    }
  }
}

extension Target {
  fileprivate var needsConntrack: Bool {
    switch self {
    case .redirect, .connmark, .ct, .opaque: true
    case .accept, .drop, .return, .jump, .goto, .none, .mark, .tproxy: false
    }
  }
}
