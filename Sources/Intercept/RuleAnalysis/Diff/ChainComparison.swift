import NetworkValues
import RuleModel

/// Compares the wanted rules of one chain with the live ones that are ours.
struct ChainComparison {
  let wanted: [Rule]
  let live: [Rule]
  /// Both sides by their indices in the chains.
  let alignment: Alignment
  /// What each rule of ours in the live chain means.
  let wantedMeanings: [NormalizedRule]
  let liveMeanings: [Int: NormalizedRule]
  private(set) var changed: [Alignment.Pair] = []

  /// - Parameter ours: the indices of the live rules that are ours.
  init(wanted: [Rule], live: [Rule], ours: [Int]) {
    self.wanted = wanted
    self.live = live
    wantedMeanings = wanted.map(NormalizedRule.init)
    let meanings = ours.map { NormalizedRule(live[$0]) }
    liveMeanings = Dictionary(uniqueKeysWithValues: zip(ours, meanings))
    alignment = Alignment(wanted: wantedMeanings, live: meanings).mappingLive { ours[$0] }
    pair(with: alignment.unexpected, loosely: true)
  }

  /// Takes foreign rules for changed ones of ours where they differ in a single part and stand in the place.
  mutating func pair(withForeign foreign: [Int]) {
    pair(with: foreign.filter { live[$0].target.isPlainVerdict }, loosely: false)
  }

  /// The live rules that are told as changed ones.
  var changedLive: Set<Int> { Set(changed.map(\.live)) }

  /// The rules of ours that are there, in place or not, as they should be.
  var present: [Shadowing.Own] {
    (alignment.kept + alignment.moved + changed).map {
      Shadowing.Own(index: $0.live, rule: wanted[$0.wanted])
    }
  }

  var missing: [Int] {
    let told = Set(changed.map(\.wanted))
    return alignment.missing.filter { !told.contains($0) }
  }

  /// Pairs what is missing with live rules that stand between the same neighbours.
  private mutating func pair(with candidates: [Int], loosely: Bool) {
    guard !candidates.isEmpty, !alignment.missing.isEmpty else { return }
    let missing = Dictionary(grouping: missing, by: gap(ofWanted:))
    let live = Dictionary(grouping: candidates, by: gap(ofLive:))
    for (gap, missing) in missing.sorted(by: { $0.key < $1.key }) {
      changed +=
        Likeness(
          wanted: missing.map { Likeness.Candidate(index: $0, meaning: wantedMeanings[$0]) },
          live: (live[gap] ?? []).map { Likeness.Candidate(index: $0, meaning: meaning(ofLive: $0)) },
          loosely: loosely
        ).pairs
    }
  }

  func meaning(ofLive index: Int) -> NormalizedRule { liveMeanings[index] ?? NormalizedRule(live[index]) }

  /// How many rules in place stand before this one.
  func gap(ofWanted index: Int) -> Int { alignment.kept.partitioningIndex { $0.wanted >= index } }
  func gap(ofLive index: Int) -> Int { alignment.kept.partitioningIndex { $0.live >= index } }
}

extension Target {
  /// Whether the target is complete in itself: no foreign chain, nothing unknown.
  fileprivate var isPlainVerdict: Bool {
    switch self {
    case .accept, .drop, .return, .none, .redirect, .mark, .connmark, .tproxy, .ct: true
    case .jump, .goto, .opaque: false
    }
  }
}
