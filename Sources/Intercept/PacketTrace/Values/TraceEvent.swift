public import NetworkValues
public import RuleModel

/// An event on the path of a packet.
public enum TraceEvent: Hashable, Sendable {
  /// A hook begins, with the packet at that point.
  case hook(Hook, Packet)
  /// A base chain of a table begins.
  case table(TableName, Hook)
  case rule(TraceStep)
  /// The end of a base chain was reached.
  case policy(Policy, TableName, Hook)
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
    case failed(Match)
    /// May match or not, because of this match; the trace continues as if it did not.
    case uncertain(Match)
    /// Not matched, for an unknown reason. Only in kernel traces.
    case passed
  }

  public let place: RulePlace
  public let rule: Rule
  public let result: Result
  /// The packet as seen by the rule.
  public let packet: Packet

  public var isMatch: Bool { result == .matched || result == .noListener }
}

/// Table, chain and index of a rule.
public struct RulePlace: Hashable, Sendable {
  public let table: TableName
  public let chain: ChainName
  /// Index in the chain, from 1 as in iptables.
  public let index: Int
}

extension RulePlace: CustomStringConvertible {
  public var description: String { "rule \(index) of \(chain) (\(table.rawValue))" }
}

/// Outcome of the rules for a connection.
public enum Verdict: Hashable, Sendable {
  /// Continues to its destination.
  case accept
  /// Redirected by NAT to a port of this host.
  case redirect(to: Endpoint)
  /// Delivered unchanged to a listener of this host.
  case tproxy(port: Port)
  case drop
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
  public let comment: String?
  public let verdict: KernelVerdict

  /// True if the packet was dropped.
  public var drops: Bool { verdict == .drop }
}

extension ForeignStep {
  /// `the rule with handle 12 of input in inet firewall`.
  public var words: String {
    handle.map { "the rule with handle \($0) of \(chain) in \(table)" }
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
