extension ChainComparison {
  /// Everything found, in the order in which the chain is read.
  func differences(shadowed: [Difference]) -> [Difference] {
    let known = Set(wantedMeanings)
    let entries =
      shadowed.map { Entry($0, gap: gap(ofLive: $0.place), rank: 0, index: $0.place) }
      + missing.map { Entry(missing($0), gap: gap(ofWanted: $0), rank: 1, index: $0) }
      + changed.map { Entry(changed($0), gap: gap(ofWanted: $0.wanted), rank: 1, index: $0.wanted) }
      + alignment.moved.map { Entry(moved($0), gap: gap(ofLive: $0.live), rank: 2, index: $0.live) }
      + unexpected.map { Entry(unexpected($0, known), gap: gap(ofLive: $0), rank: 2, index: $0) }
    return entries.sorted { ($0.gap, $0.rank, $0.index) < ($1.gap, $1.rank, $1.index) }.map(\.difference)
  }

  /// A difference and what it is sorted by.
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
    let told = changedLive
    return alignment.unexpected.filter { !told.contains($0) }
  }

  private func missing(_ index: Int) -> Difference { .missing(PlacedRule(wanted[index], at: index)) }

  private func unexpected(_ index: Int, _ known: Set<NormalizedRule>) -> Difference {
    .unexpected(PlacedRule(live[index], at: index), standsTwice: known.contains(meaning(ofLive: index)))
  }

  private func changed(_ pair: Alignment.Pair) -> Difference {
    .changed(
      wanted: PlacedRule(wanted[pair.wanted], at: pair.wanted),
      live: PlacedRule(live[pair.live], at: pair.live),
      parts: ChangedPart.parts(wanted: wantedMeanings[pair.wanted], live: meaning(ofLive: pair.live)))
  }

  private func moved(_ pair: Alignment.Pair) -> Difference {
    .moved(
      wanted: PlacedRule(wanted[pair.wanted], at: pair.wanted),
      live: PlacedRule(live[pair.live], at: pair.live),
      to: destination(of: pair))
  }

  /// The neighbour in place on the side from which the rule went astray.
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
  /// The index of the rule that it is about.
  fileprivate var place: Int {
    switch self {
    case .missing(let rule), .unexpected(let rule, _), .shadowed(let rule, _, _): rule.number - 1
    case .changed(_, let rule, _), .moved(_, let rule, _): rule.number - 1
    }
  }
}
