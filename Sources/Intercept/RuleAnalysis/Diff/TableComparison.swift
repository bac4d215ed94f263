import RuleModel

/// Compares the chains of one table.
struct TableComparison {
  /// The chains in which something differs.
  private(set) var chains: [ChainDiff] = []
  private let live: Table
  /// Made where a foreign rule stands in a chain of interest, which is seldom.
  private var shadowing: Shadowing?

  init(wanted: Table, live: Table, _ ownership: Ownership) {
    self.live = live
    var sides: [String: Sides] = wanted.chains.reduce(into: [:]) {
      $0[$1.name.text] = Sides($1.name, wanted: $1)
    }
    for chain in live.chains {
      let ours = ownership.claimed(in: chain, of: live.name)
      guard chain.name.isIstio || !ours.isEmpty || sides[chain.name.text] != nil else { continue }
      sides[chain.name.text, default: Sides(chain.name)].live = chain
      sides[chain.name.text]?.ours = ours
    }
    for sides in sides.values.sorted(by: { $0.name < $1.name }) {
      let chain = ChainDiff(
        table: live.name, chain: sides.name, presence: sides.presence,
        differences: compare(sides, mayClaimMore: ownership.hasEvidence))
      if !chain.isEmpty { chains.append(chain) }
    }
  }

  private mutating func compare(_ sides: Sides, mayClaimMore: Bool) -> [Difference] {
    let live = sides.live ?? Chain(sides.name)
    var comparison = ChainComparison(wanted: sides.wanted?.rules ?? [], live: live.rules, ours: sides.ours)
    guard sides.ours.count < live.rules.count else { return comparison.differences(shadowed: []) }
    let own = Set(sides.ours)
    let foreign = live.rules.indices.filter { !own.contains($0) }
    if mayClaimMore { comparison.pair(withForeign: foreign) }
    let told = comparison.changedLive
    let shadowed = shadows(in: live, comparison.present, foreign.filter { !told.contains($0) })
    return comparison.differences(shadowed: shadowed)
  }

  private mutating func shadows(
    in chain: Chain, _ ours: [Shadowing.Own], _ foreign: [Int]
  ) -> [Difference] {
    guard chain.name.hook != nil, !ours.isEmpty, !foreign.isEmpty else { return [] }
    let shadowing = self.shadowing ?? Shadowing(in: live)
    self.shadowing = shadowing
    return shadowing.differences(in: chain, ours: ours, foreign: foreign)
  }
}

/// A chain as it should be and as it is.
private struct Sides {
  let name: ChainName
  let wanted: Chain?
  var live: Chain?
  /// Which of the live rules are ours.
  var ours: [Int] = []

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
