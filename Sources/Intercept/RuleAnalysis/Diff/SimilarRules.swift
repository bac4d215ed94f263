import RuleModel

/// Pairs missing rules with similar unexpected ones, to report them as changed.
struct SimilarRules {
  /// A rule in normal form and its index in the chain.
  struct IndexedRule {
    let index: Int
    let rule: NormalizedRule
  }

  /// Indices of two rules that differ in one part, or in at most half of their parts.
  typealias Pair = Alignment.Pair

  /// Maximum number of comparisons of each missing rule with each unexpected one. Above it, only rules that
  /// differ in one part are paired.
  private static let maxComparisons = 2500

  private(set) var pairs: [Pair] = []
  private var pairedWanted: Set<Int> = []
  private var pairedLive: Set<Int> = []

  /// Pairs rules that differ in one part, then, if allowed, those with the fewest differences.
  init(wanted: [IndexedRule], live: [IndexedRule], allowsSeveralDifferences: Bool) {
    pairByOneDifference(wanted, live)
    guard allowsSeveralDifferences else { return }
    let wanted = wanted.filter { !pairedWanted.contains($0.index) }
    let live = live.filter { !pairedLive.contains($0.index) }
    if wanted.count * live.count <= Self.maxComparisons { pairByLeastDistance(wanted, live) }
  }

  private mutating func pairByOneDifference(_ wanted: [IndexedRule], _ live: [IndexedRule]) {
    guard !wanted.isEmpty else { return }
    var queues: [PartialRuleKey: (all: [Int], next: Int)] = [:]
    let (targets, conditions) = (Set(wanted.map(\.rule.target)), Set(wanted.map(\.rule.conditions)))
    for candidate in live
    where targets.contains(candidate.rule.target) || conditions.contains(candidate.rule.conditions) {
      for key in PartialRuleKey.live(candidate.rule) {
        queues[key, default: ([], 0)].all.append(candidate.index)
      }
    }
    for candidate in wanted {
      for key in PartialRuleKey.wanted(candidate.rule) where !pairedWanted.contains(candidate.index) {
        guard var queue = queues[key] else { continue }
        while queue.next < queue.all.count, pairedLive.contains(queue.all[queue.next]) { queue.next += 1 }
        queues[key]?.next = queue.next
        if queue.next < queue.all.count { pair(candidate.index, queue.all[queue.next]) }
      }
    }
  }

  private mutating func pairByLeastDistance(_ wanted: [IndexedRule], _ live: [IndexedRule]) {
    let scored = wanted.flatMap { wanted in
      live.compactMap { live in
        wanted.rule.distance(to: live.rule).map {
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
  /// Number of parts in which two rules differ; nil if it is more than half of them.
  fileprivate func distance(to other: NormalizedRule) -> Int? {
    let fields = fields.union(other.fields)
    let differing = PacketFieldSet(conditions.symmetricDifference(other.conditions)).count
    let distance = differing + (target == other.target ? 0 : 1)
    return distance * 2 <= fields.count + 1 ? distance : nil
  }
}

/// Hash key of a rule with one part left out. Two rules that differ only in that part share a key.
struct PartialRuleKey: Hashable {
  private let part: Part
  private let conditions: Set<RuleCondition>
  private let target: Target?

  private enum Part: Hashable {
    case target
    /// Both rules have a condition on the field, with different values.
    case field(PacketField)
    /// Only the wanted rule has the condition that is left out.
    case absentFromLive
    /// Only the live rule has the condition that is left out.
    case absentFromWanted
  }

  /// Keys under which a live rule is stored.
  static func live(_ rule: NormalizedRule) -> [PartialRuleKey] {
    let partialConditions = partialConditions(of: rule)
    return [PartialRuleKey(part: .target, conditions: rule.conditions, target: nil)]
      + partialConditions.map {
        PartialRuleKey(part: .field($0.field), conditions: $0.conditions, target: rule.target)
      }
      + [PartialRuleKey(part: .absentFromLive, conditions: rule.conditions, target: rule.target)]
      + partialConditions.map {
        PartialRuleKey(part: .absentFromWanted, conditions: $0.conditions, target: rule.target)
      }
  }

  /// Keys by which a wanted rule finds live ones.
  static func wanted(_ rule: NormalizedRule) -> [PartialRuleKey] {
    let partialConditions = partialConditions(of: rule)
    return partialConditions.map {
      PartialRuleKey(part: .field($0.field), conditions: $0.conditions, target: rule.target)
    }
      + [PartialRuleKey(part: .target, conditions: rule.conditions, target: nil)]
      + partialConditions.map {
        PartialRuleKey(part: .absentFromLive, conditions: $0.conditions, target: rule.target)
      }
      + [PartialRuleKey(part: .absentFromWanted, conditions: rule.conditions, target: rule.target)]
  }

  /// For each field, the conditions on all other fields.
  private static func partialConditions(of rule: NormalizedRule) -> [(
    field: PacketField, conditions: Set<RuleCondition>
  )] {
    rule.fields.fields.map { field in (field, rule.conditions.filter { $0.field != field }) }
  }
}
