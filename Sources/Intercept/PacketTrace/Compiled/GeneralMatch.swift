import NetworkValues
import RuleModel

/// Input of the generic evaluation of a match: the packet, and the state of routing and connection tracking.
struct MatchContext {
  let packet: Packet
  let flow: Flow
  let context: HostContext
}

extension Match {
  /// Evaluates the match generically, for matches without a specialised test.
  func holds(in context: MatchContext) -> Ternary {
    switch self {
    case .tcp(let match): match.flagsAndOptionHold(for: context.packet)
    case .multiport(let match): match.holds(for: context.packet)
    case .owner(let match): Ternary(match.holds(for: context.packet.owner))
    case .conntrack(let match): match.conditions.hold(in: context)
    case .state(let match): ConntrackConditions(state: match.state).hold(in: context)
    case .addressType(let match): match.holds(in: context)
    case .opaque: .unknown
    case .source, .destination, .inInterface, .outInterface, .proto, .udp, .mark, .connmark, .comment: .yes
    }
  }
}

extension [Ternary] {
  /// Conjunction of all elements.
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
  /// `owner_mt`: without a socket, the match holds if every condition is negated and supplementary groups
  /// are not included.
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
  /// Flags and option of TCP. A connection begins with a bare SYN; flags of later packets are unknown.
  fileprivate func flagsAndOptionHold(for packet: Packet) -> Ternary {
    let flags = flags.map { test in
      packet.state == .new ? Ternary(test.holds { $0.matches(.syn) }) : .unknown
    }
    return [flags ?? .yes, option == nil ? .yes : .unknown].all
  }
}

extension IPProtocol {
  /// True if packets of the protocol have ports at the offsets of TCP's.
  var hasPorts: Bool { self == .tcp || self == .udp || rawValue == 132 || rawValue == 136 || rawValue == 33 }
}

extension ConntrackConditions {
  /// `conntrack_mt`: without a connection, only a condition on the state can hold.
  func hold(in context: MatchContext) -> Ternary {
    let packet = context.packet
    if let state, !state.holds({ !$0.isDisjoint(with: packet.visibleState) }) { return .no }
    switch packet.tracking {
    case .none, .untracked: return Ternary(state != nil)
    case .template: return templateHolds
    case .tracked: break
    }
    return
      (tuplesHold(context) + [statusHolds(packet), directionHolds(packet), expiry == nil ? .yes : .unknown])
      .all
  }

  /// The addresses and ports of the connection, original and reply.
  private func tuplesHold(_ context: MatchContext) -> [Ternary] {
    let packet = context.packet
    let destination = context.flow.destination
    return [
      Ternary(proto?.holds { $0 == packet.proto } ?? true),
      originalSource.map { AddressTest($0).holds(packet.source) } ?? .yes,
      Ternary(originalDestination.map { AddressTest($0).holds(destination.address) } ?? true),
      Ternary(replySource.map { AddressTest($0).holds(packet.destination) } ?? true),
      replyDestination.map { AddressTest($0).holds(packet.source) } ?? .yes,
      originalSourcePorts.map { PortTest($0).holds(packet.sourcePorts) } ?? .yes,
      Ternary(originalDestinationPorts.map { PortTest($0).holds(destination.port) } ?? true),
      Ternary(replySourcePorts.map { PortTest($0).holds(packet.destinationPort) } ?? true),
      replyDestinationPorts.map { PortTest($0).holds(packet.sourcePorts) } ?? .yes,
    ]
  }

  /// A new connection has no status bit but `IPS_CONFIRMED`, after its packet has left and come back through
  /// lo.
  private func statusHolds(_ packet: Packet) -> Ternary {
    guard let status else { return .yes }
    guard packet.state == .new else { return .unknown }
    let reached: ConntrackStatus = packet.hasLeft ? .confirmed : []
    return Ternary(status.holds { !$0.isDisjoint(with: reached) })
  }

  private func directionHolds(_ packet: Packet) -> Ternary {
    guard let direction else { return .yes }
    return packet.state == .new ? Ternary(direction == .original) : .unknown
  }

  /// A template of `-j CT` has all fields zero.
  private var templateHolds: Ternary {
    let addresses = [originalSource, originalDestination, replySource, replyDestination]
    let ports = [originalSourcePorts, originalDestinationPorts, replySourcePorts, replyDestinationPorts]
    let zeros = addresses.map { block in block?.holds { $0.network.bits == 0 } ?? true }
    let zeroPorts = ports.map { ports in ports?.holds { $0.contains(0) } ?? true }
    let isOther = proto?.holds { $0.rawValue == 0 } ?? true
    let answers = (zeros + zeroPorts + [isOther, direction != .reply]).map(Ternary.init)
    return
      (answers + [status == nil ? .yes : Ternary(status?.isNegated ?? true), expiry == nil ? .yes : .unknown])
      .all
  }
}

extension AddressTypeMatch {
  /// Type of an address in the local routing table (`inet_addr_type`), as far as the host context shows it.
  func holds(in context: MatchContext) -> Ternary {
    guard limit == nil else { return .unknown }
    let types = [
      (source, context.sourceType), (destination, context.type(of: context.packet.destination)),
    ]
    return types.map { condition, type in
      Ternary(condition.map { $0.holds { !$0.isDisjoint(with: type) } } ?? true)
    }.all
  }
}

extension MatchContext {
  /// Type of the source. An unspecified source is local for outbound packets and remote for inbound ones.
  fileprivate var sourceType: AddressType {
    if let source = packet.source, flow.direction != .outbound || source.isLoopback {
      return type(of: source)
    }
    return flow.direction == .outbound ? .local : .unicast
  }

  func type(of address: IPAddress) -> AddressType {
    if isOwn(address) { return .local }
    switch address {
    case .ipv4(let address) where address.bits >> 28 == 0xe: return .multicast
    case .ipv4(let address) where address.bits >> 24 == 0 || address.bits == .max: return .broadcast
    case .ipv6(let address) where address.bits >> 120 == 0xff: return .multicast
    case .ipv4, .ipv6: return .unicast
    }
  }

  private func isOwn(_ address: IPAddress) -> Bool {
    let isTaken = flow.direction == .inbound && context.acceptsAllInbound
    return context.isOwn(address) || isTaken && address == flow.destination.address
  }
}

extension AddressType {
  fileprivate static let unicast = AddressType(rawValue: 1 << 1)
  fileprivate static let broadcast = AddressType(rawValue: 1 << 3)
  fileprivate static let multicast = AddressType(rawValue: 1 << 5)
}
