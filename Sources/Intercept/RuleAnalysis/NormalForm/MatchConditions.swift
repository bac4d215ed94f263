import NetworkValues
import RuleModel

extension Match {
  /// Whether something holds for everything that the match says of a packet; a comment says nothing.
  func everyCondition(_ holds: (RuleCondition) -> Bool) -> Bool {
    switch self {
    case .source(let block): holds(.source(block))
    case .destination(let block): holds(.destination(block))
    case .inInterface(let name): holds(.inInterface(name))
    case .outInterface(let name): holds(.outInterface(name))
    case .proto(let proto): holds(.proto(proto))
    case .tcp(let match):
      Self.everyCondition(.tcp, match.source, match.destination, holds) && match.everyOtherFact(holds)
    case .udp(let match): Self.everyCondition(.udp, match.source, match.destination, holds)
    case .multiport(let match): holds(match.fact)
    case .owner(let match): match.everyCondition(holds)
    case .mark(let match): holds(.mark(match.mark))
    case .connmark(let match): holds(.connmark(match.mark))
    case .conntrack(let match): match.everyCondition(holds)
    case .state(let match): holds(.state(match.state))
    case .addressType(let match): holds(.opaque(Match.addressType(match).iptablesText))
    case .comment: true
    case .opaque(let match): holds(.opaque(match.text))
    }
  }

  /// The kernel takes `-m tcp` beside `-p tcp` only, so the match says the protocol too.
  private static func everyCondition(
    _ proto: IPProtocol, _ source: Condition<PortRange>?, _ destination: Condition<PortRange>?,
    _ holds: (RuleCondition) -> Bool
  ) -> Bool {
    holds(.proto(.is(proto)))
      && source.isNone(or: { holds(.sourcePort($0.map(PortSet.init))) })
      && destination.isNone(or: { holds(.destinationPort($0.map(PortSet.init))) })
  }
}

extension MultiportMatch {
  fileprivate var fact: RuleCondition {
    let set = ports.map(PortSet.init)
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
  /// What a segment's header says beside the ports, as it is spelled: nobody needs to look into it.
  fileprivate func everyOtherFact(_ holds: (RuleCondition) -> Bool) -> Bool {
    guard option != nil || flags != nil else { return true }
    return holds(.opaque(Match.tcp(TCPMatch(option: option, flags: flags)).iptablesText))
  }
}

extension ConntrackMatch {
  /// The state, and what else is asked as it is spelled.
  fileprivate func everyCondition(_ holds: (RuleCondition) -> Bool) -> Bool {
    var others = conditions
    others.state = nil
    return conditions.state.isNone(or: { holds(.state($0)) })
      && ConntrackMatch(others).isNone(or: { holds(.opaque(Match.conntrack($0).iptablesText)) })
  }
}

extension Optional {
  /// Whether there is nothing, or something that is as it should be.
  fileprivate func isNone(or holds: (Wrapped) -> Bool) -> Bool { map(holds) ?? true }
}
