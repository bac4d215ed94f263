/// Why there can be no plan.
public enum PlanError: Error, Hashable, Sendable {
  /// A chain has the name of a built-in one and no packet ever comes to it: somebody made it by hand.
  case notCalled(ChainLocation)
  /// Rules of ours are there, and not as they should be: the plan that would set them right, and in what they
  /// differ.
  case differs(Plan, InterceptionDiff)
}

extension PlanError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notCalled(let place):
      "chain \(place) has the name of a built-in chain, but no hook calls it: remove it first"
    case .differs(let plan, let diff):
      "other Istio rules are already installed; --reconcile replaces them. Differences:\n"
        + (diff.isEmpty ? plan.description : diff.description)
    }
  }
}
