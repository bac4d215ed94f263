import Intercept

/// One thing a rule asks of a packet. A match of iptables that asks several things comes as several of these.
struct MatchJSON: Encodable {
  /// What is looked at.
  enum Field: String, Encodable {
    case source, destination
    case inInterface, outInterface
    case `protocol`
    case sourcePort, destinationPort, anyPort
    case uid, gid
    case mark, connectionMark, connectionState
    /// A match that has no field of its own, spelled as iptables does.
    case other
  }

  let field: Field
  /// Whether the rule wants anything but the value.
  let negated: Bool
  /// As iptables writes it; a list has commas.
  let value: String

  private init(_ field: Field, _ condition: Condition<some CustomStringConvertible>) {
    self.field = field
    negated = condition.isNegated
    value = condition.value.description
  }

  /// What a match asks for.
  static func all(_ match: Match) -> [MatchJSON] {
    switch match {
    case .source(let block): [MatchJSON(.source, block)]
    case .destination(let block): [MatchJSON(.destination, block)]
    case .inInterface(let name): [MatchJSON(.inInterface, name)]
    case .outInterface(let name): [MatchJSON(.outInterface, name)]
    case .proto(let proto): [MatchJSON(.protocol, proto)]
    case .mark(let mark): [MatchJSON(.mark, mark.mark.map(\.text))]
    case .connmark(let mark): [MatchJSON(.connectionMark, mark.mark.map(\.text))]
    case .multiport(let match): [MatchJSON(match)]
    case .tcp(let tcp) where tcp.option == nil && tcp.flags == nil: ports(tcp.source, tcp.destination)
    case .udp(let udp): ports(udp.source, udp.destination)
    case .owner(let owner) where owner.socketExists == nil && !owner.includesSupplementaryGroups:
      owners(owner)
    case .conntrack(let conntrack): states(conntrack)
    case .tcp, .owner, .state, .addressType, .comment, .opaque:
      [MatchJSON(.other, Condition.is(match.iptablesText))]
    }
  }

  private init(_ multiport: MultiportMatch) {
    let field: Field =
      switch multiport.side {
      case .source: .sourcePort
      case .destination: .destinationPort
      case .either: .anyPort
      }
    self.init(field, multiport.ports.map { $0.map(\.text).joined(separator: ",") })
  }

  private static func ports(_ source: Condition<PortRange>?, _ destination: Condition<PortRange>?)
    -> [MatchJSON]
  {
    let source = source.map { MatchJSON(.sourcePort, $0.map(\.text)) }
    let destination = destination.map { MatchJSON(.destinationPort, $0.map(\.text)) }
    return [source, destination].compactMap { $0 }
  }

  private static func states(_ conntrack: ConntrackMatch) -> [MatchJSON] {
    guard let state = conntrack.conditions.state, conntrack == ConntrackMatch(state: state) else {
      return [MatchJSON(.other, Condition.is(Match.conntrack(conntrack).iptablesText))]
    }
    return [MatchJSON(.connectionState, state)]
  }

  private static func owners(_ owner: OwnerMatch) -> [MatchJSON] {
    let user = owner.user.map { MatchJSON(.uid, $0.map(\.text)) }
    let group = owner.group.map { MatchJSON(.gid, $0.map(\.text)) }
    return [user, group].compactMap { $0 }
  }
}
