import Intercept
public import Netfilter

/// Result of applying, cleaning or validating an installation.
public struct InstallationReport: Hashable, Sendable {
  public enum Result: Hashable, Sendable {
    /// The change, and the rules that were removed from the other interface.
    case installed(RuleChange, addedRouting: Routing, moved: RulesElsewhere?)
    /// The rules are right in the other interface, and were left there.
    case kept(RulesElsewhere, addedRouting: Routing)
    /// The rules that were found, and the change that removed them.
    case removed(RemovalPlan, RuleChange)
    /// One captured connection for each family that was probed.
    case validated([CapturedProbe])
  }

  public let result: Result
  public let removedRouting: Routing
  /// Valid states that are probably mistakes, a sentence each.
  public let warnings: [String]

  init(_ result: Result, removedRouting: Routing = .none, warnings: [String] = []) {
    self.result = result
    self.removedRouting = removedRouting
    self.warnings = warnings
  }
}

extension InstallationReport: CustomStringConvertible {
  /// A line for the rules or for each probe, and one for each change of the routing.
  public var description: String {
    let removed = removedRouting.isEmpty ? [] : ["removed \(removedRouting)"]
    return (lines + removed).joined(separator: "\n")
  }

  private var lines: [String] {
    switch result {
    case .installed(let change, let routing, let moved):
      let rules = "\(change.installed), \(change.duration.inMilliseconds)"
      let isSame = routing.isEmpty && removedRouting.isEmpty && moved == nil
      let line =
        change.changedAnything
        ? "done: \(rules), verified" : "\(isSame ? "nothing to do" : "unchanged"): \(rules)"
      return [line] + Self.lines(of: routing) + (moved.map { ["removed \($0)"] } ?? [])
    case .kept(let kept, let routing):
      return ["\(routing.isEmpty ? "nothing to do" : "unchanged"): \(kept.right)"] + Self.lines(of: routing)
    case .removed(let plan, let change): return [Self.removal(plan, change)]
    case .validated(let probes): return probes.map(\.description)
    }
  }

  private static func lines(of added: Routing) -> [String] { added.isEmpty ? [] : ["added \(added)"] }

  private static func removal(_ plan: RemovalPlan, _ change: RuleChange) -> String {
    let time = change.duration.inMilliseconds
    guard change.changedAnything else { return "nothing to do: no Istio rules are installed (\(time))" }
    return "removed \(plan.summary.parenthesized); none are left (\(time))"
  }
}
