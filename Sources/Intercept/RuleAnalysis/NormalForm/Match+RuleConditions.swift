import NetworkValues
import RuleModel

extension Match {
  /// True if a predicate holds for every condition of the match; a comment has none.
  ///
  /// A predicate instead of an array of conditions, which most callers would allocate to read once.
  func everyCondition(_ holds: (RuleCondition) -> Bool) -> Bool {
    switch self {
    case .source(let block): holds(.source(block))
    case .destination(let block): holds(.destination(block))
    case .inInterface(let name): holds(.inInterface(name))
    case .outInterface(let name): holds(.outInterface(name))
    case .proto(let proto): holds(.proto(proto))
    case .tcp(let match):
      Self.everyCondition(.tcp, match.source, match.destination, holds)
        && match.flags.isNone(or: { holds(.tcpFlags($0)) }) && match.everyOpaqueCondition(holds)
    case .udp(let match): Self.everyCondition(.udp, match.source, match.destination, holds)
    case .multiport(let match): holds(match.condition)
    case .owner(let match): match.everyCondition(holds)
    case .mark(let match): holds(.mark(match.mark))
    case .connmark(let match): holds(.connmark(match.mark))
    case .conntrack(let match): match.everyCondition(holds)
    case .state(let match): holds(.state(match.state))
    case .addressType(let match): match.everyCondition(holds)
    case .comment: true
    case .opaque(let match): holds(.opaque(match.text))
    }
  }

  /// The protocol is a condition of `-m tcp` as well: the kernel accepts the match with `-p tcp` only.
  private static func everyCondition(
    _ proto: IPProtocol, _ source: Condition<PortRange>?, _ destination: Condition<PortRange>?,
    _ holds: (RuleCondition) -> Bool
  ) -> Bool {
    holds(.proto(.is(proto)))
      && source.isNone(or: { holds(.sourcePort($0.map(RangeSet.init(ports:)))) })
      && destination.isNone(or: { holds(.destinationPort($0.map(RangeSet.init(ports:)))) })
  }
}

extension MultiportMatch {
  fileprivate var condition: RuleCondition {
    let set = ports.map(RangeSet.init(ports:))
    return switch side {
    case .source: .sourcePort(set)
    case .destination: .destinationPort(set)
    case .either: .eitherPort(set)
    }
  }
}

extension OwnerMatch {
  fileprivate func everyCondition(_ holds: (RuleCondition) -> Bool) -> Bool {
    socketExists.isNone(or: { holds(.socket(exists: $0)) })
      && user.isNone(or: { holds(.user($0)) })
      && group.isNone(or: {
        holds(includesSupplementaryGroups ? .opaque(Match.owner(self).iptablesText) : .group($0))
      })
  }
}

extension TCPMatch {
  /// The condition on a TCP option, as text.
  fileprivate func everyOpaqueCondition(_ holds: (RuleCondition) -> Bool) -> Bool {
    option == nil || holds(.opaque(Match.tcp(TCPMatch(option: option)).iptablesText))
  }
}

extension AddressTypeMatch {
  /// The conditions on the types; a type that depends on an interface is kept as text.
  fileprivate func everyCondition(_ holds: (RuleCondition) -> Bool) -> Bool {
    guard limit == nil else { return holds(.opaque(Match.addressType(self).iptablesText)) }
    return source.isNone(or: { holds(.sourceType($0)) })
      && destination.isNone(or: { holds(.destinationType($0)) })
  }
}

extension ConntrackMatch {
  /// The condition on the state, and all others as text.
  fileprivate func everyCondition(_ holds: (RuleCondition) -> Bool) -> Bool {
    var others = conditions
    others.state = nil
    return conditions.state.isNone(or: { holds(.state($0)) })
      && ConntrackMatch(others).isNone(or: { holds(.opaque(Match.conntrack($0).iptablesText)) })
  }
}

extension Optional {
  /// True for nil, and for a value for which a predicate holds.
  fileprivate func isNone(or holds: (Wrapped) -> Bool) -> Bool { map(holds) ?? true }
}
