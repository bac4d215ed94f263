package import Intercept

/// How one chain's rules become those that it should have: its rules in their order, each kept or deleted, and
/// the new ones where they belong among them.
package struct ChainEdit: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    case keep(LiveRule)
    case delete(LiveRule)
    case add(Rule)
  }

  package private(set) var steps: [Step] = []

  /// Compares a chain's rules with the wanted ones.
  ///
  /// Rules of ours that are right already stay, as many as have the right order among themselves. New ones go
  /// where ours stood between them; failing that, next to the right neighbour; failing that, to the end.
  ///
  /// - Parameters:
  ///   - live: all rules of the chain.
  ///   - wanted: the rules that should be there, in the form in which the kernel gives them back.
  ///   - rewrites: keeps none of ours, even right ones.
  ///   - isOurs: whether a rule may be taken away.
  package init(
    _ live: [LiveRule], wanted: [Rule], rewrites: Bool = false, isOurs: (LiveRule) -> Bool
  ) {
    let live = live.map { Occupant(rule: $0, isOurs: isOurs($0)) }
    let ours = live.indices.filter { live[$0].isOurs }
    let anchors = rewrites ? [] : Alignment.kept(wanted: wanted, live: ours.map { live[$0].rule.rule })
    var (liveStart, wantedStart) = (0, 0)
    for anchor in anchors {
      let place = ours[anchor.live]
      let gap = Gap(live[liveStart..<place], isBehindAnchor: wantedStart > 0)
      steps += gap.steps(adding: wanted[wantedStart..<anchor.wanted]) + [.keep(live[place].rule)]
      (liveStart, wantedStart) = (place + 1, anchor.wanted + 1)
    }
    let rest = Gap(live[liveStart...], isBehindAnchor: wantedStart > 0)
    steps += rest.steps(adding: wanted[wantedStart...])
  }
}

/// A live rule, and whether it may be taken away.
private struct Occupant {
  var rule: LiveRule
  var isOurs: Bool
}

/// A run of live rules between two of ours that stay, or between one and an end of the chain. Those of ours
/// in it go.
private struct Gap {
  var occupants: ArraySlice<Occupant>
  var isBehindAnchor: Bool

  init(_ occupants: ArraySlice<Occupant>, isBehindAnchor: Bool) {
    self.occupants = occupants
    self.isBehindAnchor = isBehindAnchor
  }

  func steps(adding wanted: ArraySlice<Rule>) -> [ChainEdit.Step] {
    let (front, place) = split(wanted)
    let new = wanted.dropFirst(front).map(ChainEdit.Step.add)
    return wanted.prefix(front).map(ChainEdit.Step.add) + old(occupants[..<place]) + new
      + old(occupants[place...])
  }

  private func old(_ occupants: ArraySlice<Occupant>) -> [ChainEdit.Step] {
    occupants.map { $0.isOurs ? .delete($0.rule) : .keep($0.rule) }
  }

  /// How many of the new rules go to the front of the gap, and where in it the others go.
  private func split(_ wanted: ArraySlice<Rule>) -> (front: Int, place: Int) {
    if let place = occupants.firstIndex(where: \.isOurs) { return (0, place) }
    if isBehindAnchor { return (0, occupants.startIndex) }
    return (wanted.prefix { $0.placement == .first }.count, occupants.endIndex)
  }
}
