/// Pairs missing rules with unexpected ones that are alike, so that they can be told as one changed rule.
struct Likeness {
  /// A rule to be paired: where it stands, and what it means.
  struct Candidate {
    let index: Int
    let meaning: NormalizedRule
  }

  /// Rules in two places: the same up to a part, or up to half of their parts.
  typealias Pair = Alignment.Pair

  /// How many comparisons of everybody with everybody are worth while; beyond it only rules that differ in one
  /// part find each other.
  private static let manyComparisons = 2500

  private(set) var pairs: [Pair] = []
  private var pairedWanted: Set<Int> = []
  private var pairedLive: Set<Int> = []

  /// Pairs by a single differing part first, then, if asked, by most parts being the same.
  init(wanted: [Candidate], live: [Candidate], loosely: Bool) {
    pairByOnePart(wanted, live)
    guard loosely else { return }
    let wanted = wanted.filter { !pairedWanted.contains($0.index) }
    let live = live.filter { !pairedLive.contains($0.index) }
    if wanted.count * live.count <= Self.manyComparisons { pairByMostParts(wanted, live) }
  }

  private mutating func pairByOnePart(_ wanted: [Candidate], _ live: [Candidate]) {
    guard !wanted.isEmpty else { return }
    var queues: [PartialRuleKey: (all: [Int], next: Int)] = [:]
    let (targets, conditions) = (Set(wanted.map(\.meaning.target)), Set(wanted.map(\.meaning.conditions)))
    for candidate in live
    where targets.contains(candidate.meaning.target) || conditions.contains(candidate.meaning.conditions) {
      for key in PartialRuleKey.live(candidate.meaning) {
        queues[key, default: ([], 0)].all.append(candidate.index)
      }
    }
    for candidate in wanted {
      for key in PartialRuleKey.wanted(candidate.meaning) where !pairedWanted.contains(candidate.index) {
        guard var queue = queues[key] else { continue }
        while queue.next < queue.all.count, pairedLive.contains(queue.all[queue.next]) { queue.next += 1 }
        queues[key]?.next = queue.next
        if queue.next < queue.all.count { pair(candidate.index, queue.all[queue.next]) }
      }
    }
  }

  private mutating func pairByMostParts(_ wanted: [Candidate], _ live: [Candidate]) {
    let scored = wanted.flatMap { wanted in
      live.compactMap { live in
        wanted.meaning.distance(to: live.meaning).map {
          (distance: $0, wanted: wanted.index, live: live.index)
        }
      }
    }
    for entry in scored.sorted(by: { ($0.distance, $0.wanted, $0.live) < ($1.distance, $1.wanted, $1.live) })
    where !pairedWanted.contains(entry.wanted) && !pairedLive.contains(entry.live) {
      pair(entry.wanted, entry.live)
    }
  }

  private mutating func pair(_ wanted: Int, _ live: Int) {
    pairs.append(Pair(wanted: wanted, live: live))
    pairedWanted.insert(wanted)
    pairedLive.insert(live)
  }
}

extension NormalizedRule {
  /// In how many parts two rules differ, if in no more than half of them.
  fileprivate func distance(to other: NormalizedRule) -> Int? {
    let fields = fields.union(other.fields)
    let differing = PacketFieldSet(conditions.symmetricDifference(other.conditions)).count
    let distance = differing + (target == other.target ? 0 : 1)
    return distance * 2 <= fields.count + 1 ? distance : nil
  }
}
