import NetworkValues
import RuleModel

/// One elementary condition of a rule, free of how it was spelled.
///
/// `-p tcp -m tcp --dport 53` and `-p 6 -m multiport --dports 53` are the same two facts.
enum RuleCondition: Hashable, Sendable {
  case source(Condition<CIDR>)
  case destination(Condition<CIDR>)
  case inInterface(Condition<InterfacePattern>)
  case outInterface(Condition<InterfacePattern>)
  case proto(Condition<IPProtocol>)
  case sourcePort(Condition<PortSet>)
  case destinationPort(Condition<PortSet>)
  /// The source or the destination port.
  case eitherPort(Condition<PortSet>)
  case user(Condition<ClosedRange<UserID>>)
  case group(Condition<ClosedRange<GroupID>>)
  case socket(exists: Bool)
  case mark(Condition<MaskedMark>)
  case connmark(Condition<MaskedMark>)
  case state(Condition<ConntrackState>)
  /// Something that is not modelled; the same only where the text is.
  case opaque(String)

  /// What of a packet the fact is about.
  var field: Field {
    switch self {
    case .source: .source
    case .destination: .destination
    case .inInterface: .inInterface
    case .outInterface: .outInterface
    case .proto: .proto
    case .sourcePort: .sourcePort
    case .destinationPort: .destinationPort
    case .eitherPort: .eitherPort
    case .user: .user
    case .group: .group
    case .socket: .socket
    case .mark: .mark
    case .connmark: .connmark
    case .state: .state
    case .opaque: .opaque
    }
  }

  /// Whether every packet meets the fact, so that a rule means the same without it.
  var isAlwaysTrue: Bool {
    switch self {
    case .source(.is(let block)), .destination(.is(let block)): block.isEverything
    case .inInterface(.is(let name)), .outInterface(.is(let name)): name.isEverything
    case .proto(.is(let proto)): proto.rawValue == 0
    case .sourcePort(.is(let ports)), .destinationPort(.is(let ports)), .eitherPort(.is(let ports)):
      ports.isEverything
    case .mark(.is(let mark)), .connmark(.is(let mark)): mark == MaskedMark(0, mask: 0)
    case .source, .destination, .inInterface, .outInterface, .proto, .sourcePort, .destinationPort,
      .eitherPort, .user, .group, .socket, .mark, .connmark, .state, .opaque:
      false
    }
  }
}
