/// The health of the agent: alive while passes over the pods are made, ready while they succeed.
public actor Health {
  private var problem: String? = "no pass over the pods has been made yet"
  private var lastPass = ContinuousClock.now
  private let limit: Duration

  /// - Parameter limit: the time without a pass after which the agent counts as stuck.
  public init(limit: Duration = .seconds(60)) {
    self.limit = limit
  }

  func passed() {
    problem = nil
    lastPass = .now
  }

  /// - Returns: true if the problem is new.
  func failed(_ reason: String) -> Bool {
    lastPass = .now
    defer { problem = reason }
    return problem != reason
  }

  /// True if the agent makes passes, even if the runtime does not answer them.
  public var isAlive: Bool { ContinuousClock.now - lastPass < limit }

  public var isReady: Bool { problem == nil }

  /// The reason for which the agent is not ready; nil if it is.
  public var reason: String? { problem }
}
