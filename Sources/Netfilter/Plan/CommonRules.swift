import Intercept

/// The rules that two lists have in common, in the order that both have them in: as many as possible.
struct CommonRules {
  /// Where each of them stands in the one list and in the other.
  let pairs: [(left: Int, right: Int)]

  init(_ left: [Rule], _ right: [Rule]) {
    guard !left.isEmpty, !right.isEmpty else {
      pairs = []
      return
    }
    // Rules that only one list has cannot be common, and make the search quadratic.
    let (inLeft, inRight) = (Set(left), Set(right))
    let lefts = left.indices.filter { inRight.contains(left[$0]) }
    let rights = right.indices.filter { inLeft.contains(right[$0]) }
    let change = rights.map { right[$0] }.difference(from: lefts.map { left[$0] })
    let gone = Set(change.removals.map(\.offset))
    let new = Set(change.insertions.map(\.offset))
    let stayingLeft = lefts.indices.filter { !gone.contains($0) }.map { lefts[$0] }
    let stayingRight = rights.indices.filter { !new.contains($0) }.map { rights[$0] }
    pairs = zip(stayingLeft, stayingRight).map { (left: $0, right: $1) }
  }
}

extension CollectionDifference.Change {
  fileprivate var offset: Int {
    switch self {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }
}
