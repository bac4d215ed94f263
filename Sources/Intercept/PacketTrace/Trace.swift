public import NetworkValues
public import RuleModel

/// What became of a connection, and how it came to that.
public struct Trace: Hashable, Sendable {
  public let flow: Flow
  /// Where the packet left or came in.
  public let interface: InterfaceName
  public let verdict: Verdict
  /// The rule that decided; nil where none did and the packet went its way.
  public let decision: Decision?
  /// Where the verdict is unknown because a rule may match or not.
  public let doubt: Doubt?
  /// Everything that happened, in order.
  public let events: [TraceEvent]
  /// The packet at the end.
  public let packet: Packet

  /// The rules that were tried, in order.
  public var steps: [TraceStep] {
    events.compactMap { if case .rule(let step) = $0 { step } else { nil } }
  }

  /// Where the connection was going before a rule took it; nil if none did.
  public var originalDestination: Endpoint? {
    switch verdict {
    case .redirect, .tproxy: flow.destination
    case .accept, .drop, .unknown: nil
    }
  }

  /// The port of the proxy's that gets the connection.
  public var port: Port? {
    switch verdict {
    case .redirect(let listener): listener.port
    case .tproxy(let port): port
    case .accept, .drop, .unknown: nil
    }
  }
}

/// The rule that decided about a connection.
public struct Decision: Hashable, Sendable {
  public let place: RulePlace
  public let rule: Rule
}

/// What would become of a connection if a rule of which nobody can tell matched, and if it did not.
public struct Doubt: Hashable, Sendable {
  public let ifMatched: Verdict
  public let otherwise: Verdict

  public init(ifMatched: Verdict, otherwise: Verdict) {
    self.ifMatched = ifMatched
    self.otherwise = otherwise
  }
}
