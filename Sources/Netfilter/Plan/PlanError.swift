/// Why there can be no plan.
public enum PlanError: Error, Hashable, Sendable {
  /// A wanted rule cannot be written.
  case encoding(RuleEncodingError)
  /// A chain has the name of a built-in one and no packet ever comes to it: somebody made it by hand.
  case notCalled(ChainPlace)
  /// Rules of ours are there, and not as they should be; the plan would set them right.
  case differs(Plan)
}

extension PlanError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .encoding(let error): error.description
    case .notCalled(let place):
      "chain \(place) has the name of a built-in chain, but no hook calls it: remove it first"
    case .differs(let plan):
      "there are rules of Istio's already, and they differ; what would set them right:\n\(plan)"
    }
  }
}
