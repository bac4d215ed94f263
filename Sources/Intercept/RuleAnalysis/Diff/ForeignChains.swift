import NftablesModel
import RuleModel

/// The chains of a table, to look into those that a foreign rule calls.
struct ForeignChains {
  private let chains: [ChainName: Chain]
  /// How many rules lead to each chain.
  private let callers: [ChainName: Int]

  init(_ table: Table) {
    chains = table.chains.reduce(into: [:]) { $0[$1.name] = $1 }
    callers = table.chains.reduce(into: [:]) { counts, chain in
      for rule in chain.rules {
        if let called = rule.target.destination { counts[called, default: 0] += 1 }
      }
    }
  }

  /// A search for the rule that takes certain packets away; what one search finds fruitless, the next skips.
  struct Search {
    let packets: [RuleCondition]
    fileprivate let spared: Set<Target.Effect>
    fileprivate var results: [ChainName: ForeignVerdict?] = [:]

    /// - Parameter spared: verdicts that make no difference to these packets.
    init(for packets: [RuleCondition], sparing spared: Set<Target.Effect>) {
      self.packets = packets
      self.spared = spared
    }

    func isSpared(_ effect: Target.Effect) -> Bool { spared.contains(effect) }
  }

  /// The first rule found, in a called chain or one that it calls, that may decide about the packets.
  ///
  /// Of a chain that several rules call, every packet is expected that could come by any of them; RETURN rules
  /// within are not held to spare anything. So it may find too much, never too little, and each chain is looked
  /// at once.
  func verdict(of caller: Rule, calling start: ChainName, _ search: inout Search) -> ForeignVerdict? {
    if let known = search.results[start] { return known }
    var queue = Queue(start, packets(by: caller, to: start, from: search.packets, search))
    while let (name, packets) = queue.next() {
      guard !name.isIstio, let chain = chains[name] else { continue }
      if let known = search.results[name] {
        if let known { return known }
        continue
      }
      if let found = look(into: chain, packets, search, &queue) {
        search.results.updateValue(found, forKey: start)
        return found
      }
    }
    // A chain with one caller is not met again.
    for name in queue.seen where callers[name] != 1 { search.results.updateValue(nil, forKey: name) }
    return nil
  }

  /// Looks for a rule that decides, and notes the chains that others call.
  private func look(
    into chain: Chain, _ packets: [RuleCondition], _ search: Search, _ queue: inout Queue
  ) -> ForeignVerdict? {
    for (index, rule) in chain.rules.enumerated() {
      switch rule.target.effect {
      case .returns, .continues: continue
      case .calls(let called), .goesTo(let called):
        guard rule.mayMatch(packets) else { continue }
        queue.add(called, self.packets(by: rule, to: called, from: packets, search))
      case .accepts, .drops, .diverts:
        guard !search.isSpared(rule.target.effect), rule.mayMatch(packets) else { continue }
        return ForeignVerdict(chain: chain.name, rule: PlacedRule(rule, at: index))
      }
    }
    return nil
  }

  private static var manyFacts: Int { 32 }

  /// What packets a called chain may see; fewer facts mean more packets.
  private func packets(
    by caller: Rule, to called: ChainName, from packets: [RuleCondition], _ search: Search
  ) -> [RuleCondition] {
    guard callers[called] == 1 else { return search.packets }
    // Chains that call each other thousands deep shall not make the list as long.
    return packets.count < search.packets.count + Self.manyFacts
      ? packets + caller.orderedConditions : packets
  }
}

extension ForeignChains {
  /// Chains still to be looked at, each once.
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
