import NetworkValues
import RuleModel

extension AddressTypeMatch {
  /// What the table of local routes says (`inet_addr_type`), as far as the surroundings tell.
  func holds(in situation: Situation) -> Ternary {
    guard limit == nil else { return .unknown }
    let types = [
      (source, situation.typeOfSource), (destination, situation.type(of: situation.packet.destination)),
    ]
    return types.map { condition, type in
      Ternary(condition.map { $0.holds { !$0.isDisjoint(with: type) } } ?? true)
    }.all
  }
}

extension Situation {
  /// A source that nobody gave is the host's own for what it sends, and somebody else's for what comes in.
  fileprivate var typeOfSource: AddressType {
    if let source = packet.source, flow.direction == .inbound || source.isLoopback { return type(of: source) }
    return flow.direction == .outbound ? .local : .unicast
  }

  fileprivate func type(of address: IPAddress) -> AddressType {
    if isOwn(address) { return .local }
    switch address {
    case .ipv4(let address) where address.bits >> 28 == 0xe: return .multicast
    case .ipv4(let address) where address.bits >> 24 == 0 || address.bits == .max: return .broadcast
    case .ipv6(let address) where address.bits >> 120 == 0xff: return .multicast
    case .ipv4, .ipv6: return .unicast
    }
  }

  private func isOwn(_ address: IPAddress) -> Bool {
    let isTaken = flow.direction == .inbound && surroundings.takesInboundAsOwn
    return surroundings.isOwn(address) || isTaken && address == flow.destination.address
  }
}

extension AddressType {
  fileprivate static let unicast = AddressType(rawValue: 1 << 1)
  fileprivate static let broadcast = AddressType(rawValue: 1 << 3)
  fileprivate static let multicast = AddressType(rawValue: 1 << 5)
}
