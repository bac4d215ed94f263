package import Intercept

/// The steps from one chain's rules to the wanted ones: the live rules in order, each kept or deleted, with the new
/// ones between them.
package struct ChainEdit: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    case keep(LiveRule)
    case delete(LiveRule)
    case add(Rule)
  }

  package private(set) var steps: [Step] = []

  /// Compares a chain's rules with the wanted ones.
  ///
  /// Keeps the longest run of right Istio rules in the right order. A new rule replaces a deleted one between the
  /// same neighbours, else follows the right neighbour, else is appended.
  ///
  /// - Parameters:
  ///   - live: all rules of the chain.
  ///   - wanted: the wanted rules as read back from the kernel.
  ///   - rewrites: keeps no Istio rule, even right ones.
  ///   - isOurs: true if a rule is Istio's and may be removed.
  package init(
    _ live: [LiveRule], wanted: [Rule], rewrites: Bool = false, isOurs: (LiveRule) -> Bool
  ) {
    let live = live.map { Occupant(rule: $0, isOurs: isOurs($0)) }
    let owned = live.indices.filter { live[$0].isOurs }
    let anchors = rewrites ? [] : Alignment.kept(wanted: wanted, live: owned.map { live[$0].rule.rule })
    var (liveStart, wantedStart) = (0, 0)
    for anchor in anchors {
      let place = owned[anchor.live]
      let gap = Gap(live[liveStart..<place], isBehindAnchor: wantedStart > 0)
      steps += gap.steps(adding: wanted[wantedStart..<anchor.wanted]) + [.keep(live[place].rule)]
      (liveStart, wantedStart) = (place + 1, anchor.wanted + 1)
    }
    let rest = Gap(live[liveStart...], isBehindAnchor: wantedStart > 0)
    steps += rest.steps(adding: wanted[wantedStart...])
  }
}

/// A live rule; `isOurs` permits its removal.
private struct Occupant {
  var rule: LiveRule
  var isOurs: Bool
}

/// A run of live rules between two kept Istio rules, or between one and an end of the chain. Its Istio rules are
/// removed.
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

  /// Number of new rules at the front of the gap, and the index for the others.
  private func split(_ wanted: ArraySlice<Rule>) -> (front: Int, place: Int) {
    if let place = occupants.firstIndex(where: \.isOurs) { return (0, place) }
    if isBehindAnchor { return (0, occupants.startIndex) }
    return (wanted.prefix { $0.placement == .first }.count, occupants.endIndex)
  }
}
