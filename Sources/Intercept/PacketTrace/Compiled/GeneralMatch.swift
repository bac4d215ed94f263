import NetworkValues
import RuleModel

/// What a match of the general kind is asked about: the packet, and what routing and connection tracking know.
struct Situation {
  let packet: Packet
  let flow: Flow
  let surroundings: HostContext
}

extension Match {
  /// Whether the match holds: the slow way, for what has no question of its own.
  func holds(in situation: Situation) -> Ternary {
    switch self {
    case .tcp(let match): match.restHolds(for: situation.packet)
    case .multiport(let match): match.holds(for: situation.packet)
    case .owner(let match): Ternary(match.holds(for: situation.packet.owner))
    case .conntrack(let match): match.conditions.hold(in: situation)
    case .state(let match): ConntrackConditions(state: match.state).hold(in: situation)
    case .addressType(let match): match.holds(in: situation)
    case .opaque: .unknown
    case .source, .destination, .inInterface, .outInterface, .proto, .udp, .mark, .connmark, .comment: .yes
    }
  }
}

extension [Ternary] {
  /// Whether everything holds.
  var all: Ternary { contains(.no) ? .no : contains(.unknown) ? .unknown : .yes }
}

extension MultiportMatch {
  fileprivate func holds(for packet: Packet) -> Ternary {
    guard packet.proto.hasPorts else { return .no }
    return anyHolds(for: packet).inverted(ports.isNegated)
  }

  private func anyHolds(for packet: Packet) -> Ternary {
    let destination = Ternary(ports.value.contains { $0.contains(packet.destinationPort) })
    let answers = ports.value.map { PortTest(.is($0)).holds(packet.sourcePorts) }
    let source = answers.contains(.yes) ? Ternary.yes : answers.contains(.unknown) ? .unknown : .no
    return switch side {
    case .source: source
    case .destination: destination
    case .either: destination == .yes ? .yes : source
    }
  }
}

extension OwnerMatch {
  /// `owner_mt`: without a socket the match holds if every condition is negated, and none speaks of other groups.
  func holds(for owner: SocketOwner?) -> Bool {
    guard let owner else {
      return user?.isNegated ?? true && group?.isNegated ?? true && socketExists != true
        && !includesSupplementaryGroups
    }
    let others = includesSupplementaryGroups ? owner.supplementaryGroups : []
    return user?.holds { $0.contains(owner.user) } ?? true
      && group?.holds { group in ([owner.group] + others).contains { group.contains($0) } } ?? true
      && socketExists != false
  }
}

extension TCPMatch {
  /// What is asked besides ports. A connection begins with a bare SYN; what follows it is not known.
  fileprivate func restHolds(for packet: Packet) -> Ternary {
    let flags = flags.map { test in
      packet.state == .new ? Ternary(test.holds { $0.matches(.syn) }) : .unknown
    }
    return [flags ?? .yes, option == nil ? .yes : .unknown].all
  }
}

extension IPProtocol {
  /// Whether packets of the protocol have ports at the place where TCP has them.
  var hasPorts: Bool { self == .tcp || self == .udp || rawValue == 132 || rawValue == 136 || rawValue == 33 }
}
