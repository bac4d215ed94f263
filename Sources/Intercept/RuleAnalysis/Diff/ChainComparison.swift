import NetworkValues
import RuleModel

/// Compares the chains of one table.
struct TableComparison {
  /// The chains with differences.
  private(set) var chains: [ChainDiff] = []
  private let live: Table
  /// Created for the first chain with foreign rules, which few tables have.
  private var shadowing: Shadowing?
  private let countsForeign: Bool
  private let comparesPolicies: Bool

  /// - Parameters:
  ///   - countsForeign: false if the conditions of foreign rules are not all known.
  ///   - comparesPolicies: true to compare the policies of built-in chains as well.
  init(
    wanted: Table, live: Table, _ ownership: Ownership, countsForeign: Bool = true,
    comparesPolicies: Bool = false
  ) {
    self.live = live
    self.countsForeign = countsForeign
    self.comparesPolicies = comparesPolicies
    var pairs: [String: ChainPair] = wanted.chains.reduce(into: [:]) {
      $0[$1.name.text] = ChainPair($1.name, wanted: $1)
    }
    for chain in live.chains {
      let owned = ownership.claimed(in: chain, of: live.name)
      guard
        chain.name.isIstio || !owned.isEmpty || pairs[chain.name.text] != nil
          || comparesPolicies && chain.policy != .accept
      else { continue }
      pairs[chain.name.text, default: ChainPair(chain.name)].live = chain
      pairs[chain.name.text]?.owned = owned
    }
    for pair in pairs.values.sorted(by: { $0.name < $1.name }) {
      let chain = ChainDiff(
        table: live.name, chain: pair.name, presence: pair.presence,
        differences: policyDifferences(pair) + compare(pair, pairsForeign: ownership.hasIstioChains))
      if !chain.isEmpty { chains.append(chain) }
    }
  }

  private func policyDifferences(_ pair: ChainPair) -> [Difference] {
    let (wanted, live) = (pair.wanted?.policy ?? .accept, pair.live?.policy ?? .accept)
    return comparesPolicies && wanted != live ? [.policy(wanted: wanted, live: live)] : []
  }

  private mutating func compare(_ pair: ChainPair, pairsForeign: Bool) -> [Difference] {
    let live = pair.live ?? Chain(pair.name)
    var comparison = ChainComparison(wanted: pair.wanted?.rules ?? [], live: live.rules, owned: pair.owned)
    guard pair.owned.count < live.rules.count else { return comparison.differences(shadowed: []) }
    let owned = Set(pair.owned)
    let foreign = live.rules.indices.filter { !owned.contains($0) }
    if pairsForeign { comparison.pair(withForeign: foreign) }
    let paired = comparison.changedLive
    let shadowed = shadowedRules(in: live, comparison.present, foreign.filter { !paired.contains($0) })
    return comparison.differences(shadowed: shadowed)
  }

  private mutating func shadowedRules(
    in chain: Chain, _ owned: [Shadowing.OwnedRule], _ foreign: [Int]
  ) -> [Difference] {
    guard countsForeign, chain.name.hook != nil, !owned.isEmpty, !foreign.isEmpty else { return [] }
    let shadowing = self.shadowing ?? Shadowing(in: live)
    self.shadowing = shadowing
    return shadowing.differences(in: chain, owned: owned, foreign: foreign)
  }
}

/// A wanted chain and the live chain of the same name.
private struct ChainPair {
  let name: ChainName
  let wanted: Chain?
  var live: Chain?
  /// Indices of the claimed rules in the live chain.
  var owned: [Int] = []

  init(_ name: ChainName, wanted: Chain? = nil) {
    self.name = name
    self.wanted = wanted
  }

  var presence: ChainDiff.Presence {
    if !name.isIstio { return .present }
    if live == nil { return .missing }
    return wanted == nil ? .unexpected : .present
  }
}

/// Compares the wanted rules of one chain with the claimed live rules.
struct ChainComparison {
  let wanted: [Rule]
  let live: [Rule]
  /// Alignment of both sides, by indices in the chains.
  let alignment: Alignment
  /// Normal forms of the wanted rules; of the claimed live rules, by index.
  let normalizedWanted: [NormalizedRule]
  let normalizedLive: [Int: NormalizedRule]
  private(set) var changed: [Alignment.Pair] = []

  /// - Parameter owned: indices of the claimed rules in the live chain.
  init(wanted: [Rule], live: [Rule], owned: [Int]) {
    self.wanted = wanted
    self.live = live
    normalizedWanted = wanted.map(NormalizedRule.init)
    let normalized = owned.map { NormalizedRule(live[$0]) }
    normalizedLive = Dictionary(uniqueKeysWithValues: zip(owned, normalized))
    alignment = Alignment(wanted: normalizedWanted, live: normalized).mappingLive { owned[$0] }
    pair(with: alignment.unexpected, allowsSeveralDifferences: true)
  }

  /// Pairs missing rules with foreign rules that differ in a single part and are in the same position.
  mutating func pair(withForeign foreign: [Int]) {
    pair(with: foreign.filter { live[$0].target.isPlainVerdict }, allowsSeveralDifferences: false)
  }

  /// Indices of the live rules that are reported as changed.
  var changedLive: Set<Int> { Set(changed.map(\.live)) }

  /// The claimed live rules that correspond to a wanted rule.
  var present: [Shadowing.OwnedRule] {
    (alignment.kept + alignment.moved + changed).map {
      Shadowing.OwnedRule(index: $0.live, rule: wanted[$0.wanted])
    }
  }

  var missing: [Int] {
    let paired = Set(changed.map(\.wanted))
    return alignment.missing.filter { !paired.contains($0) }
  }

  /// Pairs missing rules with live rules between the same neighbours.
  private mutating func pair(with candidates: [Int], allowsSeveralDifferences: Bool) {
    guard !candidates.isEmpty, !alignment.missing.isEmpty else { return }
    let missing = Dictionary(grouping: missing, by: gap(ofWanted:))
    let live = Dictionary(grouping: candidates, by: gap(ofLive:))
    for (gap, missing) in missing.sorted(by: { $0.key < $1.key }) {
      changed +=
        SimilarRules(
          wanted: missing.map { SimilarRules.IndexedRule(index: $0, rule: normalizedWanted[$0]) },
          live: (live[gap] ?? []).map {
            SimilarRules.IndexedRule(index: $0, rule: normalizedRule(ofLive: $0))
          },
          allowsSeveralDifferences: allowsSeveralDifferences
        ).pairs
    }
  }

  func normalizedRule(ofLive index: Int) -> NormalizedRule {
    normalizedLive[index] ?? NormalizedRule(live[index])
  }

  /// Number of kept rules before a rule.
  func gap(ofWanted index: Int) -> Int { alignment.kept.partitioningIndex { $0.wanted >= index } }
  func gap(ofLive index: Int) -> Int { alignment.kept.partitioningIndex { $0.live >= index } }
}

extension Target {
  /// True if the target needs no foreign chain and is fully modelled.
  fileprivate var isPlainVerdict: Bool {
    switch self {
    case .accept, .drop, .return, .none, .redirect, .mark, .connmark, .tproxy, .ct: true
    case .jump, .goto, .opaque: false
    }
  }
}

extension ChainComparison {
  /// All differences, in the order of the chain.
  func differences(shadowed: [Difference]) -> [Difference] {
    let known = Set(normalizedWanted)
    let entries =
      shadowed.map { Entry($0, gap: gap(ofLive: $0.place), rank: 0, index: $0.place) }
      + missing.map { Entry(missing($0), gap: gap(ofWanted: $0), rank: 1, index: $0) }
      + changed.map { Entry(changed($0), gap: gap(ofWanted: $0.wanted), rank: 1, index: $0.wanted) }
      + alignment.moved.map { Entry(moved($0), gap: gap(ofLive: $0.live), rank: 2, index: $0.live) }
      + unexpected.map { Entry(unexpected($0, known), gap: gap(ofLive: $0), rank: 2, index: $0) }
    return entries.sorted { ($0.gap, $0.rank, $0.index) < ($1.gap, $1.rank, $1.index) }.map(\.difference)
  }

  /// A difference and its sort key.
  private struct Entry {
    let difference: Difference
    let gap: Int
    let rank: Int
    let index: Int

    init(_ difference: Difference, gap: Int, rank: Int, index: Int) {
      (self.difference, self.gap, self.rank, self.index) = (difference, gap, rank, index)
    }
  }

  private var unexpected: [Int] {
    let paired = changedLive
    return alignment.unexpected.filter { !paired.contains($0) }
  }

  private func missing(_ index: Int) -> Difference { .missing(PlacedRule(wanted[index], at: index)) }

  private func unexpected(_ index: Int, _ known: Set<NormalizedRule>) -> Difference {
    .unexpected(
      PlacedRule(live[index], at: index), isDuplicate: known.contains(normalizedRule(ofLive: index)))
  }

  private func changed(_ pair: Alignment.Pair) -> Difference {
    .changed(
      wanted: PlacedRule(wanted[pair.wanted], at: pair.wanted),
      live: PlacedRule(live[pair.live], at: pair.live),
      parts: ChangedPart.parts(wanted: normalizedWanted[pair.wanted], live: normalizedRule(ofLive: pair.live))
    )
  }

  private func moved(_ pair: Alignment.Pair) -> Difference {
    .moved(
      wanted: PlacedRule(wanted[pair.wanted], at: pair.wanted),
      live: PlacedRule(live[pair.live], at: pair.live),
      to: destination(of: pair))
  }

  /// The kept neighbour that identifies the wanted position of a moved rule.
  private func destination(of pair: Alignment.Pair) -> Difference.Destination {
    let gap = gap(ofWanted: pair.wanted)
    let next = gap < alignment.kept.count ? alignment.kept[gap] : nil
    let previous = gap > 0 ? alignment.kept[gap - 1] : nil
    if let next, next.live < pair.live { return .before(wanted[next.wanted]) }
    if let previous { return .after(wanted[previous.wanted]) }
    return next.map { .before(wanted[$0.wanted]) } ?? .after(wanted[pair.wanted])
  }
}

extension Difference {
  /// Index of the reported rule.
  fileprivate var place: Int {
    switch self {
    case .missing(let rule), .unexpected(let rule, _), .shadowed(let rule, _, _): rule.number - 1
    case .changed(_, let rule, _), .moved(_, let rule, _): rule.number - 1
    case .policy: -1
    }
  }
}
