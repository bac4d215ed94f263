import NetworkValues
import RuleModel

/// An elementary condition of a rule, independent of its spelling.
///
/// `-p tcp -m tcp --dport 53` and `-p 6 -m multiport --dports 53` are the same two conditions.
enum RuleCondition: Hashable, Sendable {
  case source(Condition<CIDR>)
  case destination(Condition<CIDR>)
  case inInterface(Condition<InterfacePattern>)
  case outInterface(Condition<InterfacePattern>)
  case proto(Condition<IPProtocol>)
  case sourcePort(Condition<RangeSet>)
  case destinationPort(Condition<RangeSet>)
  /// The source or the destination port.
  case eitherPort(Condition<RangeSet>)
  case tcpFlags(Condition<TCPFlagTest>)
  case user(Condition<ClosedRange<UserID>>)
  case group(Condition<ClosedRange<GroupID>>)
  case socket(exists: Bool)
  case mark(Condition<MaskedMark>)
  case connmark(Condition<MaskedMark>)
  case state(Condition<ConntrackState>)
  case sourceType(Condition<AddressType>)
  case destinationType(Condition<AddressType>)
  /// A condition that is not modelled; equal only to the same text.
  case opaque(String)

  /// The field of the packet that the condition restricts.
  var field: PacketField {
    switch self {
    case .source: .source
    case .destination: .destination
    case .inInterface: .inInterface
    case .outInterface: .outInterface
    case .proto: .proto
    case .sourcePort: .sourcePort
    case .destinationPort: .destinationPort
    case .eitherPort: .eitherPort
    case .tcpFlags: .tcpFlags
    case .user: .user
    case .group: .group
    case .socket: .socket
    case .mark: .mark
    case .connmark: .connmark
    case .state: .state
    case .sourceType: .sourceType
    case .destinationType: .destinationType
    case .opaque: .opaque
    }
  }

  /// True if every packet satisfies the condition, so that a rule is the same without it.
  var isAlwaysTrue: Bool {
    switch self {
    case .source(.is(let block)), .destination(.is(let block)): block.isEverything
    case .inInterface(.is(let name)), .outInterface(.is(let name)): name.isEverything
    case .proto(.is(let proto)): proto == .any
    case .sourcePort(.is(let ports)), .destinationPort(.is(let ports)), .eitherPort(.is(let ports)):
      ports.isEverything(ofBits: 16)
    case .mark(.is(let mark)), .connmark(.is(let mark)): mark == MaskedMark(0, mask: 0)
    case .source, .destination, .inInterface, .outInterface, .proto, .sourcePort, .destinationPort,
      .eitherPort, .tcpFlags, .user, .group, .socket, .mark, .connmark, .state, .sourceType,
      .destinationType, .opaque:
      false
    }
  }

  /// The condition of all other packets; nil for one that is not modelled.
  var negated: RuleCondition? {
    switch self {
    case .source(let block): .source(block.negated)
    case .destination(let block): .destination(block.negated)
    case .inInterface(let name): .inInterface(name.negated)
    case .outInterface(let name): .outInterface(name.negated)
    case .proto(let proto): .proto(proto.negated)
    case .sourcePort(let ports): .sourcePort(ports.negated)
    case .destinationPort(let ports): .destinationPort(ports.negated)
    case .eitherPort(let ports): .eitherPort(ports.negated)
    case .tcpFlags(let flags): .tcpFlags(flags.negated)
    case .user(let user): .user(user.negated)
    case .group(let group): .group(group.negated)
    case .socket(let exists): .socket(exists: !exists)
    case .mark(let mark): .mark(mark.negated)
    case .connmark(let mark): .connmark(mark.negated)
    case .state(let state): .state(state.negated)
    case .sourceType(let types): .sourceType(types.negated)
    case .destinationType(let types): .destinationType(types.negated)
    case .opaque: nil
    }
  }
}

extension RuleCondition {
  /// True if certainly no packet satisfies both conditions.
  ///
  /// Marks are compared as if no rule in between changed them.
  func excludes(_ other: RuleCondition) -> Bool {
    switch self {
    case .source(let own): if case .source(let other) = other { own.excludes(other) } else { false }
    case .destination(let own): if case .destination(let other) = other { own.excludes(other) } else { false }
    case .inInterface(let own): if case .inInterface(let other) = other { own.excludes(other) } else { false }
    case .outInterface(let own):
      if case .outInterface(let other) = other { own.excludes(other) } else { false }
    case .proto(let own): if case .proto(let other) = other { own.excludes(other) } else { false }
    case .sourcePort(let own): if case .sourcePort(let other) = other { own.excludes(other) } else { false }
    case .destinationPort(let own):
      if case .destinationPort(let other) = other { own.excludes(other) } else { false }
    case .user(let own):
      if case .user(let other) = other { own.excludes(other) } else { requiresOwner(against: other) }
    case .group(let own):
      if case .group(let other) = other { own.excludes(other) } else { requiresOwner(against: other) }
    case .socket(let exists):
      if case .socket(let otherExists) = other {
        exists != otherExists
      } else {
        other.requiresOwner(against: self)
      }
    case .mark(let own): if case .mark(let other) = other { own.excludes(other) } else { false }
    case .connmark(let own): if case .connmark(let other) = other { own.excludes(other) } else { false }
    case .state(let own): if case .state(let other) = other { own.excludes(other) } else { false }
    case .tcpFlags(let own): if case .tcpFlags(let other) = other { own.excludes(other) } else { false }
    case .sourceType(let own): if case .sourceType(let other) = other { own.excludes(other) } else { false }
    case .destinationType(let own):
      if case .destinationType(let other) = other { own.excludes(other) } else { false }
    case .eitherPort, .opaque: false
    }
  }

  /// True if this condition requires an owner and the other a packet without a socket, which has none.
  private func requiresOwner(against other: RuleCondition) -> Bool {
    switch self {
    case .user(.is), .group(.is): other == .socket(exists: false)
    case .source, .destination, .inInterface, .outInterface, .proto, .sourcePort, .destinationPort,
      .eitherPort, .tcpFlags, .user, .group, .socket, .mark, .connmark, .state, .sourceType,
      .destinationType, .opaque:
      false
    }
  }

  /// True if certainly every packet that satisfies this condition satisfies the other.
  func implies(_ other: RuleCondition) -> Bool { self == other || other.negated.map(excludes) ?? false }
}
