import RuleModel

/// A rule set made ready for packets: chains and rules in one row each, by number instead of by name.
///
/// A class, so that walks share it without counting references to each of its parts.
final class Program: Sendable {
  struct CompiledChain: Sendable {
    let table: TableName
    let name: ChainName
    let policy: Policy
    /// Its rules, among those of the program.
    let rules: Range<Int>
  }

  struct CompiledRule: Sendable {
    /// Its questions, among those of the program.
    let tests: Range<Int>
    let action: Action
  }

  let chains: [CompiledChain]
  let rules: [CompiledRule]
  let tests: [Test]
  /// The rules as they were given, under the same numbers.
  let sources: [Rule]
  /// Whether a rule brings connection tracking along (`nf_ct_netns_get`); without it nat's rules are not asked.
  let tracksConnections: Bool
  /// The chain called at each hook by each table, -1 for none.
  private let entries: [Int]

  init(_ ruleset: Ruleset) {
    let draft = ProgramDraft(ruleset)
    chains = draft.chains
    rules = draft.rules
    tests = draft.tests
    sources = draft.sources
    entries = draft.entries
    tracksConnections = draft.sources.contains(where: \.needsConnections)
  }

  /// The chain that a table has at a hook.
  func entry(_ table: TableName, _ hook: Hook) -> Int? {
    let chain = entries[ProgramDraft.slot(table, hook)]
    return chain < 0 ? nil : chain
  }

  /// Where a rule stands.
  func place(of rule: Int) -> RulePlace? {
    guard let chain = chains.first(where: { $0.rules.contains(rule) }) else { return nil }
    return RulePlace(table: chain.table, chain: chain.name, index: rule - chain.rules.lowerBound + 1)
  }
}
