extension ConntrackConditions {
  /// `conntrack_mt`: without a connection only the state counts, and must be asked for.
  func hold(in situation: Situation) -> Truth {
    let packet = situation.packet
    if let state, !state.holds({ !$0.isDisjoint(with: packet.visibleState) }) { return .no }
    guard packet.tracking == .tracked else { return Truth(state != nil) }
    return (tuples(situation) + [status(packet), way(packet), expiry == nil ? .yes : .unknown]).all
  }

  /// The connection's addresses: as its first packet had them, and as its answers have them.
  private func tuples(_ situation: Situation) -> [Truth] {
    let packet = situation.packet
    let destination = situation.flow.destination
    return [
      Truth(proto?.holds { $0 == packet.proto } ?? true),
      originalSource.map { AddressTest($0).holds(packet.source) } ?? .yes,
      Truth(originalDestination.map { AddressTest($0).holds(destination.address) } ?? true),
      Truth(replySource.map { AddressTest($0).holds(packet.destination) } ?? true),
      replyDestination.map { AddressTest($0).holds(packet.source) } ?? .yes,
      originalSourcePorts.map { PortTest($0).holds(packet.sourcePorts) } ?? .yes,
      Truth(originalDestinationPorts.map { PortTest($0).holds(destination.port) } ?? true),
      Truth(replySourcePorts.map { PortTest($0).holds(packet.destinationPort) } ?? true),
      replyDestinationPorts.map { PortTest($0).holds(packet.sourcePorts) } ?? .yes,
    ]
  }

  /// Of a new connection nothing has happened but that its packet may have left, and come back by lo.
  private func status(_ packet: Packet) -> Truth {
    guard let status else { return .yes }
    guard packet.state == .new else { return .unknown }
    let reached: ConntrackStatus = packet.hasLeft ? .confirmed : []
    return Truth(status.holds { !$0.isDisjoint(with: reached) })
  }

  private func way(_ packet: Packet) -> Truth {
    guard let direction else { return .yes }
    return packet.state == .new ? Truth(direction == .original) : .unknown
  }
}
