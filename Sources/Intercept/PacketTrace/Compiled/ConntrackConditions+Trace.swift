import NetworkValues
import RuleModel

extension ConntrackConditions {
  /// `conntrack_mt`: without a connection only the state counts, and must be asked for.
  func hold(in situation: Situation) -> Ternary {
    let packet = situation.packet
    if let state, !state.holds({ !$0.isDisjoint(with: packet.visibleState) }) { return .no }
    switch packet.tracking {
    case .none, .untracked: return Ternary(state != nil)
    case .template: return ofTemplate
    case .tracked: break
    }
    return (tuples(situation) + [status(packet), way(packet), expiry == nil ? .yes : .unknown]).all
  }

  /// The connection's addresses: as its first packet had them, and as its answers have them.
  private func tuples(_ situation: Situation) -> [Ternary] {
    let packet = situation.packet
    let destination = situation.flow.destination
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

  /// Of a new connection nothing has happened but that its packet may have left, and come back by lo.
  private func status(_ packet: Packet) -> Ternary {
    guard let status else { return .yes }
    guard packet.state == .new else { return .unknown }
    let reached: ConntrackStatus = packet.hasLeft ? .confirmed : []
    return Ternary(status.holds { !$0.isDisjoint(with: reached) })
  }

  private func way(_ packet: Packet) -> Ternary {
    guard let direction else { return .yes }
    return packet.state == .new ? Ternary(direction == .original) : .unknown
  }

  /// Of what `-j CT` prepares nothing is known but zeros.
  private var ofTemplate: Ternary {
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
