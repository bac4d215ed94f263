public import NetworkValues
public import RuleModel

/// The path of a connection through the rules, and its verdict.
public struct Trace: Hashable, Sendable {
  public let flow: Flow
  /// The outbound interface of a sent packet, the inbound interface of a received one.
  public let interface: InterfaceName
  public let verdict: Verdict
  /// The deciding rule; nil if no rule decided.
  public let decision: Decision?
  /// The two possible verdicts, if the verdict is unknown because a rule may match or not.
  public let doubt: Doubt?
  /// All events in order.
  public let events: [TraceEvent]
  /// The packet at the end of the path.
  public let packet: Packet
  /// Parts of the rules that are not modelled and that the packet may have met: chains at hooks of devices, say.
  public let notFollowed: [String]
  /// The missing route, for which an outbound packet is not sent; nil with a route, and if the kernel was not asked. The
  /// verdict is that of the rules in either case.
  public var missingRoute: MissingRoute?

  /// The rules that were tried, in order.
  public var steps: [TraceStep] {
    events.compactMap { if case .rule(let step) = $0 { step } else { nil } }
  }

  /// The chain whose policy drops the packet, as a place with index 0; nil if a rule drops it, or nothing does.
  public var droppingPolicy: RulePlace? {
    guard verdict == .drop else { return nil }
    for event in events.reversed() {
      if case .policy(.drop, let table, let chain) = event {
        return RulePlace(table: table, chain: chain, index: 0)
      }
      if case .rule(let step) = event, step.isMatch { return nil }
    }
    return nil
  }

  /// True if the packet was received and leaves again.
  public var isForwarded: Bool { packet.inInterface != nil && packet.outInterface != nil }

  /// The source of a packet that leaves, if NAT has changed it.
  public var translatedSource: IPAddress? {
    guard packet.outInterface != nil, packet.outInterface != .loopback, packet.source != flow.source else {
      return nil
    }
    return packet.source
  }

  /// Destination before a rule captured the connection; nil if none did.
  public var originalDestination: Endpoint? {
    switch verdict {
    case .redirect, .tproxy, .dnat: flow.destination
    case .accept, .drop, .reject, .unknown: nil
    }
  }

  /// The proxy's port that gets the connection.
  public var port: Port? {
    switch verdict {
    case .redirect(let listener): listener.port
    case .tproxy(let port): port
    case .accept, .dnat, .drop, .reject, .unknown: nil
    }
  }
}

/// The rule that decides what happens to a connection.
public struct Decision: Hashable, Sendable {
  public let place: RulePlace
  public let rule: TracedRule
}

/// Two possible verdicts on a connection.
public struct Doubt: Hashable, Sendable {
  /// The reason for the second verdict.
  public enum Cause: Hashable, Sendable {
    /// The deciding rule may match or not.
    case match
    /// Chains of iptables-legacy and nf_tables have equal priority: the kernel calls the one first that was registered
    /// last, and does not show the order. The rule is the one that decides in the other order; nil if none does.
    case order(Decision?)
  }

  /// The verdict by the deciding rule.
  public let ifMatched: Verdict
  /// The verdict without the deciding rule, or in the other order of chains.
  public let otherwise: Verdict
  public let cause: Cause

  public init(ifMatched: Verdict, otherwise: Verdict, cause: Cause = .match) {
    self.ifMatched = ifMatched
    self.otherwise = otherwise
    self.cause = cause
  }

  /// The rule that decides in the other order of chains.
  public var otherDecision: Decision? {
    if case .order(let decision) = cause { decision } else { nil }
  }
}

extension Ruleset {
  /// The rules, each with the reason of the equal rule of the same chain in `other`: dumps contain no
  /// reasons.
  public func explained(by other: Ruleset?) -> Ruleset {
    guard let other else { return self }
    return Ruleset(
      family,
      tables: tables.map { table in
        Table(table.name, chains: table.chains.map { $0.explained(by: other[table.name, $0.name]) })
      })
  }
}

extension Chain {
  fileprivate func explained(by other: Chain?) -> Chain {
    guard let other else { return self }
    let known = Dictionary(other.rules.map { ($0, $0.reason) }) { first, _ in first }
    let rules = rules.map { rule in
      Rule(rule.matches, rule.target, reason: rule.reason ?? known[rule] ?? nil, counters: rule.counters)
    }
    return Chain(name, policy: policy, rules: rules)
  }
}
