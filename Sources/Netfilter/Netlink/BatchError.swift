/// Why a batch was not committed: everything the kernel found wrong with it. Nothing has changed, unless one
/// of the failures says that the outcome is not known.
public struct BatchError: Error, Hashable, Sendable {
  /// At least one, in the order of the messages.
  public let failures: [NetlinkError]

  package init(_ first: NetlinkError, _ others: [NetlinkError] = []) { failures = [first] + others }

  /// Nil if there is no failure.
  init?(_ failures: [NetlinkError]) {
    guard !failures.isEmpty else { return nil }
    self.failures = failures
  }

  /// Whether the rule set is no longer the one that the batch was planned for: read it and plan again.
  public var isStaleGeneration: Bool { failures.contains { $0.failure.isStaleGeneration } }

  /// Whether the batch may have been committed all the same.
  public var leavesOutcomeOpen: Bool { failures.contains { $0.failure.leavesOutcomeOpen } }
}

extension BatchError: CustomStringConvertible {
  /// A line per failure. After the first ten only their number: one missing table fails every rule in it.
  public var description: String {
    let shown = failures.prefix(10).map(\.description)
    let hidden = failures.count - shown.count
    let lines = hidden == 0 ? shown : shown + ["and \(hidden) more"]
    return lines.joined(separator: "\n")
  }
}
