import NetworkValues
package import RuleModel

/// How two sequences fit together with the fewest elements out of place.
package struct Alignment: Equatable {
  /// An element that is in both, by its index in each.
  package struct Pair: Hashable {
    package let wanted: Int
    package let live: Int
  }

  /// What stands in both in the same order, ascending.
  private(set) var kept: [Pair] = []
  /// What stands in both, elsewhere.
  private(set) var moved: [Pair] = []
  /// What stands only in the wanted sequence, ascending.
  private(set) var missing: [Int] = []
  /// What stands only in the live sequence, ascending.
  private(set) var unexpected: [Int] = []

  /// Aligns two sequences: what they have in common in the same order, then what is left over by value.
  init<Element: Hashable>(wanted: [Element], live: [Element]) {
    kept = Self.common(wanted, live)
    pairLeftovers(wanted, live)
  }

  /// The rules that two lists have in common, in the order that both have them in: as many as possible.
  package static func kept(wanted: [Rule], live: [Rule]) -> [Pair] { common(wanted, live) }

  /// The same with the live indices replaced.
  func mappingLive(_ transform: (Int) -> Int) -> Alignment {
    var result = self
    result.kept = kept.map { Pair(wanted: $0.wanted, live: transform($0.live)) }
    result.moved = moved.map { Pair(wanted: $0.wanted, live: transform($0.live)) }
    result.unexpected = unexpected.map(transform)
    return result
  }

  private mutating func pairLeftovers<Element: Hashable>(_ wanted: [Element], _ live: [Element]) {
    let keptLive = Set(kept.map(\.live))
    let keptWanted = Set(kept.map(\.wanted))
    let extra = live.indices.filter { !keptLive.contains($0) }
    var places = Occurrences(live, at: extra)
    for index in wanted.indices where !keptWanted.contains(index) {
      if let place = places.takeFirst(wanted[index]) {
        moved.append(Pair(wanted: index, live: place))
      } else {
        missing.append(index)
      }
    }
    let movedLive = Set(moved.map(\.live))
    unexpected = extra.filter { !movedLive.contains($0) }
  }
}

extension Alignment {
  /// What two sequences begin and end with alike, and a longest common subsequence between (Hunt and Szymanski).
  private static func common<Element: Hashable>(_ wanted: [Element], _ live: [Element]) -> [Pair] {
    let shorter = min(wanted.count, live.count)
    let head = (0..<shorter).prefix { wanted[$0] == live[$0] }.count
    let tail = (0..<shorter - head).prefix { wanted[wanted.count - 1 - $0] == live[live.count - 1 - $0] }
      .count
    let middle = longestCommon(wanted, head..<wanted.count - tail, live, head..<live.count - tail)
    return (0..<head).map { Pair(wanted: $0, live: $0) } + middle
      + (0..<tail).reversed().map { Pair(wanted: wanted.count - 1 - $0, live: live.count - 1 - $0) }
  }

  /// How often an element may stand in the live sequence before its occurrences are paired in turn only; else
  /// the work would grow with their square.
  private static let manyOccurrences = 8

  /// A longest subsequence of both parts, as patience sorting finds it.
  private static func longestCommon<Element: Hashable>(
    _ wanted: [Element], _ wantedPart: Range<Int>, _ live: [Element], _ livePart: Range<Int>
  ) -> [Pair] {
    var places = Occurrences(live, at: Array(livePart))
    var piles = Piles()
    for index in wantedPart {
      for place in places.candidates(wanted[index], atMost: manyOccurrences) {
        piles.put(Pair(wanted: index, live: place))
      }
    }
    return piles.longest
  }
}

/// Where the elements of a sequence stand, by their value.
private struct Occurrences<Element: Hashable> {
  private var places: [Element: (all: [Int], taken: Int)] = [:]

  init(_ sequence: [Element], at indices: [Int]) {
    for index in indices { places[sequence[index], default: ([], 0)].all.append(index) }
  }

  /// The first place that was not taken yet.
  mutating func takeFirst(_ element: Element) -> Int? {
    guard let entry = places[element], entry.taken < entry.all.count else { return nil }
    places[element]?.taken += 1
    return entry.all[entry.taken]
  }

  /// All places of an element, last first; where they are many, the next in turn.
  mutating func candidates(_ element: Element, atMost limit: Int) -> [Int] {
    guard let all = places[element]?.all else { return [] }
    return all.count <= limit ? all.reversed() : takeFirst(element).map { [$0] } ?? []
  }
}

/// The piles of patience sorting; each card remembers the one it was put beside.
private struct Piles {
  private var cards: [(pair: Alignment.Pair, previous: Int?)] = []
  private var tops: [Int] = []

  mutating func put(_ pair: Alignment.Pair) {
    let pile = tops.partitioningIndex { cards[$0].pair.live >= pair.live }
    cards.append((pair, pile == 0 ? nil : tops[pile - 1]))
    if pile == tops.count { tops.append(cards.count - 1) } else { tops[pile] = cards.count - 1 }
  }

  var longest: [Alignment.Pair] {
    var pairs: [Alignment.Pair] = []
    var next = tops.last
    while let card = next {
      pairs.append(cards[card].pair)
      next = cards[card].previous
    }
    return pairs.reversed()
  }
}
