public import NetworkValues
public import RuleModel

/// An event on the path of a packet.
public enum TraceEvent: Hashable, Sendable {
  /// A hook begins, with the packet at that point.
  case hook(Hook, Packet)
  /// A base chain of a table begins.
  case table(TracedTable, Hook)
  case rule(TraceStep)
  /// The end of a base chain was reached: its policy, table and name.
  case policy(Policy, TracedTable, chain: String)
  /// nat was skipped.
  case natSkipped(NATSkipReason)
  /// A rule of a table outside iptables, in kernel traces only.
  case foreign(ForeignStep)
  /// The packet was rerouted after a change.
  case rerouted(to: InterfaceName)

  /// Reason for skipping nat.
  public enum NATSkipReason: Hashable, Sendable {
    /// An earlier hook has translated the connection.
    case decidedBefore
    /// The packet is not the first of its connection.
    case connectionIsKnown
    /// The packet is not tracked.
    case notTracked
    /// A chain of an earlier priority has translated the connection.
    case translatedBefore
  }
}

/// Evaluation of one rule.
public struct TraceStep: Hashable, Sendable {
  /// Result of the evaluation.
  public enum Result: Hashable, Sendable {
    case matched
    /// Matched, but no transparent socket listens at the TPROXY port. Only in kernel traces.
    case noListener
    /// Not matched, because of this match.
    case failed(TracedMatch)
    /// May match or not, because of this match; the trace continues as if it did not.
    case uncertain(TracedMatch)
    /// Not matched, for an unknown reason. Only in kernel traces.
    case passed
  }

  public let place: RulePlace
  public let rule: TracedRule
  public let result: Result
  /// The packet as seen by the rule.
  public let packet: Packet

  public var isMatch: Bool { result == .matched || result == .noListener }
}

/// Outcome of the rules for a connection.
public enum Verdict: Hashable, Sendable {
  /// Continues to its destination.
  case accept
  /// Redirected by NAT to a port of this host.
  case redirect(to: Endpoint)
  /// Delivered unchanged to a listener of this host.
  case tproxy(port: Port)
  /// Sent to another destination by NAT (`DNAT`).
  case dnat(to: Endpoint)
  case drop
  /// Dropped, and answered with an error (`REJECT`).
  case reject
  /// Undecided, because of a rule that is not modelled.
  case unknown
}

/// A rule or policy of a table outside iptables, reported by the kernel.
public struct ForeignStep: Hashable, Sendable {
  /// Family and name: `inet firewall`.
  public let table: String
  public let chain: String
  /// Handle of the rule in nf_tables; nil for the policy.
  public let handle: UInt64?
  /// The rule as `nft` prints it; nil for the policy, and for a rule that has been deleted.
  public let rule: String?
  public let comment: String?
  public let verdict: KernelVerdict

  /// True if the packet was dropped.
  public var drops: Bool { verdict == .drop }
}

extension ForeignStep {
  /// `the rule of input in inet firewall, tcp dport 80 drop`.
  public var words: String {
    if let rule { return "the rule of \(chain) in \(table), \(rule)" }
    return handle.map { "the rule with handle \($0) of \(chain) in \(table)" }
      ?? "the policy of \(chain) in \(table)"
  }

  /// Effect of the rule.
  public var outcome: String {
    switch verdict {
    case .accept: "yes: ACCEPT, the rest of this table is skipped"
    case .drop: "yes: DROP"
    case .return: "yes: RETURN, back to the calling chain"
    case .continue: "yes: continues with the next rule"
    case .jump(let chain): "yes: jump to \(chain)"
    case .goto(let chain): "yes: goto \(chain), without return"
    case .other(let what): "yes: \(what)"
    }
  }
}
