import NetworkValues
import NftablesModel
import RuleModel

/// Finds the foreign rules of a built-in chain that shadow claimed rules.
struct Shadowing {
  /// A claimed rule and its index in the live chain.
  struct OwnedRule {
    let index: Int
    let rule: Rule
  }

  /// Claimed rules that decide about the same packets apart from addresses.
  private struct Group {
    var members: [Member] = []
    /// One search for each path of packets.
    var searches: [ForeignChains.Search]
  }

  /// A claimed rule and the packets that it decides about.
  private struct Member {
    let rule: OwnedRule
    let paths: [NormalizedRule]
  }

  /// Effect of a foreign rule on packets of a claimed rule.
  private enum Shadow {
    case itself
    case inside(ForeignVerdict)

    var verdict: ForeignVerdict? {
      switch self {
      case .itself: nil
      case .inside(let verdict): verdict
      }
    }
  }

  /// Maximum number of rules, differing only in addresses, that are compared one by one. Larger groups are
  /// treated as matching every address, so that the work stays proportional to the number of foreign rules.
  private static let maxComparedRules = 32

  private let table: Table
  private let chains: ForeignChains

  init(in table: Table) {
    self.table = table
    chains = ForeignChains(table)
  }

  /// The shadowed rules of one chain, grouped by the foreign rule that shadows them.
  func differences(in chain: Chain, owned: [OwnedRule], foreign: [Int]) -> [Difference] {
    guard let last = owned.map(\.index).max(), let hook = chain.name.hook else { return [] }
    let decided = DecidedPackets(in: table, at: hook)
    var groups = groups(of: owned, decided)
    return foreign.prefix { $0 < last }.compactMap { index in
      let rule = chain.rules[index]
      guard rule.target.disposition != .continues else { return nil }
      var inside: ForeignVerdict?
      var shadowed: [OwnedRule] = []
      for number in groups.indices {
        guard let shadow = shadow(rule, &groups[number].searches) else { continue }
        inside = inside ?? shadow.verdict
        shadowed += members(of: groups[number], after: index, shadowedBy: rule, decided)
      }
      guard !shadowed.isEmpty else { return nil }
      let rules = shadowed.sorted { $0.index < $1.index }.map { PlacedRule($0.rule, at: $0.index) }
      return .shadowed(by: PlacedRule(rule, at: index), inside: inside, rules: rules)
    }
  }

  private func members(
    of group: Group, after index: Int, shadowedBy foreign: Rule, _ decided: DecidedPackets
  ) -> [OwnedRule] {
    group.members.filter { member in
      guard member.rule.index > index else { return false }
      guard group.members.count <= Self.maxComparedRules else { return true }
      var searches = member.paths.map { search($0, decided) }
      return shadow(foreign, &searches) != nil
    }.map(\.rule)
  }

  private func shadow(_ rule: Rule, _ searches: inout [ForeignChains.Search]) -> Shadow? {
    for number in searches.indices {
      if let shadow = shadow(rule, &searches[number]) { return shadow }
    }
    return nil
  }

  private func shadow(_ rule: Rule, _ search: inout ForeignChains.Search) -> Shadow? {
    guard rule.mayMatch(search.packets) else { return nil }
    switch rule.target.disposition {
    case .continues: return nil
    case .accepts, .drops, .returns, .diverts: return search.ignores(rule.target.disposition) ? nil : .itself
    case .goesTo(let chain):
      return chains.verdict(of: rule, calling: chain, &search).map(Shadow.inside) ?? .itself
    case .calls(let chain): return chains.verdict(of: rule, calling: chain, &search).map(Shadow.inside)
    }
  }

  private func groups(of owned: [OwnedRule], _ decided: DecidedPackets) -> [Group] {
    var groups: [[NormalizedRule]: Group] = [:]
    for (rule, paths) in zip(owned, decided.paths(of: owned.map(\.rule))) {
      let key = paths.map(\.withoutAddresses).distinct
      groups[key, default: Group(searches: key.map { search($0, decided) })].members.append(
        Member(rule: rule, paths: paths))
    }
    return groups.values.sorted {
      ($0.members.first?.rule.index ?? 0) < ($1.members.first?.rule.index ?? 0)
    }
  }

  /// Search for foreign verdicts that differ from the rule's own: an accepting rule is not shadowed by
  /// another accepting one.
  private func search(_ path: NormalizedRule, _ decided: DecidedPackets) -> ForeignChains.Search {
    let ignored: Set<Target.Disposition> =
      switch path.target.disposition {
      case .accepts, .returns: [.accepts, .returns]
      case .drops: [.drops]
      case .continues, .diverts, .calls, .goesTo: []
      }
    return ForeignChains.Search(for: path.conditions + decided.given, ignoring: ignored)
  }
}

/// The chains of a table, to follow jumps of foreign rules.
struct ForeignChains {
  private let chains: [ChainName: Chain]
  /// Number of rules that jump to each chain.
  private let callers: [ChainName: Int]

  init(_ table: Table) {
    chains = table.chains.reduce(into: [:]) { $0[$1.name] = $1 }
    callers = table.chains.reduce(into: [:]) { counts, chain in
      for rule in chain.rules {
        if let called = rule.target.destination { counts[called, default: 0] += 1 }
      }
    }
  }

  /// A search for a rule that handles certain packets. It caches chains without a result.
  struct Search {
    let packets: [RuleCondition]
    fileprivate let ignored: Set<Target.Disposition>
    fileprivate var results: [ChainName: ForeignVerdict?] = [:]

    /// - Parameter ignored: dispositions that make no difference to these packets.
    init(for packets: [RuleCondition], ignoring ignored: Set<Target.Disposition>) {
      self.packets = packets
      self.ignored = ignored
    }

    func ignores(_ disposition: Target.Disposition) -> Bool { ignored.contains(disposition) }
  }

  /// The first rule in the called chains that may end the evaluation of the packets.
  ///
  /// A chain with several callers is searched once, for the packets of all callers, and RETURN rules are not
  /// evaluated. The result may therefore be a false positive, never a false negative.
  func verdict(of caller: Rule, calling start: ChainName, _ search: inout Search) -> ForeignVerdict? {
    if let known = search.results[start] { return known }
    var queue = Queue(start, packets(by: caller, to: start, from: search.packets, search))
    while let (name, packets) = queue.next() {
      guard !name.isIstio, let chain = chains[name] else { continue }
      if let known = search.results[name] {
        if let known { return known }
        continue
      }
      if let found = searchRules(of: chain, packets, search, &queue) {
        search.results.updateValue(found, forKey: start)
        return found
      }
    }
    // A chain with one caller is not reached again.
    for name in queue.seen where callers[name] != 1 { search.results.updateValue(nil, forKey: name) }
    return nil
  }

  /// Searches a chain for a terminating rule and queues the chains it calls.
  private func searchRules(
    of chain: Chain, _ packets: [RuleCondition], _ search: Search, _ queue: inout Queue
  ) -> ForeignVerdict? {
    for (index, rule) in chain.rules.enumerated() {
      switch rule.target.disposition {
      case .returns, .continues: continue
      case .calls(let called), .goesTo(let called):
        guard rule.mayMatch(packets) else { continue }
        queue.add(called, self.packets(by: rule, to: called, from: packets, search))
      case .accepts, .drops, .diverts:
        guard !search.ignores(rule.target.disposition), rule.mayMatch(packets) else { continue }
        return ForeignVerdict(chain: chain.name, rule: PlacedRule(rule, at: index))
      }
    }
    return nil
  }

  private static var maxAddedConditions: Int { 32 }

  /// Conditions of the packets that a called chain may get; fewer conditions mean more packets.
  private func packets(
    by caller: Rule, to called: ChainName, from packets: [RuleCondition], _ search: Search
  ) -> [RuleCondition] {
    guard callers[called] == 1 else { return search.packets }
    // A limit on the number of conditions, for chains that call each other thousands of levels deep.
    return packets.count < search.packets.count + Self.maxAddedConditions
      ? packets + caller.orderedConditions : packets
  }
}

extension ForeignChains {
  /// Queue of chains to search, each once.
  private struct Queue {
    private var chains: [(ChainName, [RuleCondition])]
    private var position = 0
    private(set) var seen: Set<ChainName>

    init(_ start: ChainName, _ packets: [RuleCondition]) {
      chains = [(start, packets)]
      seen = [start]
    }

    mutating func add(_ chain: ChainName, _ packets: [RuleCondition]) {
      if seen.insert(chain).inserted { chains.append((chain, packets)) }
    }

    mutating func next() -> (ChainName, [RuleCondition])? {
      guard position < chains.count else { return nil }
      position += 1
      return chains[position - 1]
    }
  }
}
