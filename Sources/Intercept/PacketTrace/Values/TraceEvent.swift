public import NetworkValues
public import RuleModel

/// One thing that happens to a packet on its way.
public enum TraceEvent: Hashable, Sendable {
  /// The packet comes to a hook, as it is now.
  case hook(Hook, Packet)
  /// A table's chain is entered at a hook.
  case table(TableName, Hook)
  case rule(TraceStep)
  /// The end of a built-in chain.
  case policy(Policy, TableName, Hook)
  /// nat is not asked.
  case natSkipped(NATSilence)
  /// A rule that is not one of iptables'. Only the kernel's own traces have it.
  case foreign(ForeignStep)
  /// Routing looks at the packet again, since it has changed.
  case rerouted(to: InterfaceName)

  /// Why nat is not asked about a packet.
  public enum NATSilence: Hashable, Sendable {
    /// An earlier hook of the same connection has decided.
    case decidedBefore
    /// The packet is not the first of its connection.
    case connectionIsKnown
    /// Connection tracking has nothing to do with the packet.
    case notTracked
  }
}

/// A rule was tried.
public struct TraceStep: Hashable, Sendable {
  /// What came of it.
  public enum Result: Hashable, Sendable {
    case matched
    /// It matched, and no socket that may take the packet listens where it leads. Only the kernel knows that.
    case unheard
    /// By this one of its conditions.
    case failed(Match)
    /// This condition may hold or not, and the story goes on as if it did not.
    case uncertain(Match)
    /// It did not match, and only the kernel knows why.
    case passed
  }

  public let place: RulePlace
  public let rule: Rule
  public let result: Result
  /// The packet as the rule saw it.
  public let packet: Packet

  public var isMatch: Bool { result == .matched || result == .unheard }
}
