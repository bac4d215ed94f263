import NetworkValues
package import RuleModel

/// An alignment of two sequences that keeps as many elements as possible in order.
package struct Alignment: Equatable {
  /// Indices of an element that both sequences contain.
  package struct Pair: Hashable {
    package let wanted: Int
    package let live: Int
  }

  /// Elements in the same order in both sequences, ascending.
  private(set) var kept: [Pair] = []
  /// Elements in both sequences, in different order.
  private(set) var moved: [Pair] = []
  /// Indices of elements of the wanted sequence alone, ascending.
  private(set) var missing: [Int] = []
  /// Indices of elements of the live sequence alone, ascending.
  private(set) var unexpected: [Int] = []

  /// Aligns two sequences: a longest common subsequence first, then equal elements among the rest.
  init<Element: Hashable>(wanted: [Element], live: [Element]) {
    kept = Self.common(wanted, live)
    pairLeftovers(wanted, live)
  }

  /// The longest common subsequence of two lists of rules.
  package static func kept(wanted: [Rule], live: [Rule]) -> [Pair] { common(wanted, live) }

  /// The alignment with its live indices replaced.
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
  /// The common prefix and suffix of two sequences, and a longest common subsequence of the rest (Hunt and
  /// Szymanski).
  private static func common<Element: Hashable>(_ wanted: [Element], _ live: [Element]) -> [Pair] {
    let shorter = min(wanted.count, live.count)
    let head = (0..<shorter).prefix { wanted[$0] == live[$0] }.count
    let tail = (0..<shorter - head).prefix { wanted[wanted.count - 1 - $0] == live[live.count - 1 - $0] }
      .count
    let middle = longestCommon(wanted, head..<wanted.count - tail, live, head..<live.count - tail)
    return (0..<head).map { Pair(wanted: $0, live: $0) } + middle
      + (0..<tail).reversed().map { Pair(wanted: wanted.count - 1 - $0, live: live.count - 1 - $0) }
  }

  /// Maximum number of occurrences of an element in the live sequence that are all considered. Of more
  /// frequent elements, occurrences are paired in turn, so that the work does not grow quadratically.
  private static let maxPairedOccurrences = 8

  /// A longest common subsequence of two parts, by patience sorting.
  private static func longestCommon<Element: Hashable>(
    _ wanted: [Element], _ wantedPart: Range<Int>, _ live: [Element], _ livePart: Range<Int>
  ) -> [Pair] {
    var places = Occurrences(live, at: Array(livePart))
    var piles = Piles()
    for index in wantedPart {
      for place in places.candidates(wanted[index], atMost: maxPairedOccurrences) {
        piles.put(Pair(wanted: index, live: place))
      }
    }
    return piles.longest
  }
}

/// Positions of the elements of a sequence, by value.
private struct Occurrences<Element: Hashable> {
  private var places: [Element: (all: [Int], taken: Int)] = [:]

  init(_ sequence: [Element], at indices: [Int]) {
    for index in indices { places[sequence[index], default: ([], 0)].all.append(index) }
  }

  /// Takes the first position that was not taken before.
  mutating func takeFirst(_ element: Element) -> Int? {
    guard let entry = places[element], entry.taken < entry.all.count else { return nil }
    places[element]?.taken += 1
    return entry.all[entry.taken]
  }

  /// All positions of an element, last first; only the next one if there are more than `limit`.
  mutating func candidates(_ element: Element, atMost limit: Int) -> [Int] {
    guard let all = places[element]?.all else { return [] }
    return all.count <= limit ? all.reversed() : takeFirst(element).map { [$0] } ?? []
  }
}

/// The piles of patience sorting. Each card links to the top of the previous pile at its insertion.
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
