import NetworkValues
import RuleModel

/// Effects of targets on a packet and its connection.
extension Walk {
  /// REDIRECT: to 127.0.0.1 or ::1 for packets of this host, else to the first address of the inbound interface; if
  /// that is not known, it is assumed to be the packet's destination.
  mutating func redirect(to ports: PortRange?, by rule: Int) {
    let port = ports.map { $0.contains(packet.destinationPort) ? packet.destinationPort : $0.lowerBound }
    let address = packet.inInterface.map { context.address(of: $0, packet.family) ?? packet.destination }
    changeDestination(to: address ?? .localhost(packet.family), port, .redirect, by: rule)
  }

  /// DNAT, SNAT, MASQUERADE and NETMAP. The address that the kernel picks of several is unknown.
  mutating func translate(_ translation: AddressTranslation, by rule: Int) throws(Stop) {
    let side = translation.side == .ofHook ? hookSide : translation.side
    let addresses = translation.addresses(replacing: side == .source ? packet.source : packet.destination)
    let isSingle = addresses.map { $0.lowerBound == $0.upperBound } ?? true
    let address = addresses.map { IPAddress(packet.family, bits: $0.lowerBound) }
    switch side {
    case .source, .ofHook:
      let interface = packet.outInterface.flatMap { context.address(of: $0, packet.family) }
      packet.source = translation.isOfInterface ? interface : isSingle ? address ?? packet.source : nil
      isTranslationSet = true
    case .destination:
      guard isSingle else {
        decidingRule = rule
        throw .unknown
      }
      let port = translation.ports.map {
        $0.contains(packet.destinationPort) ? packet.destinationPort : $0.lowerBound
      }
      changeDestination(to: address ?? packet.destination, port, .dnat, by: rule)
    }
  }

  private mutating func changeDestination(
    to address: IPAddress, _ port: Port?, _ change: DestinationChange, by rule: Int
  ) {
    let isChanged = address != packet.destination || port ?? packet.destinationPort != packet.destinationPort
    packet.isTranslated = packet.isTranslated || isChanged
    packet.destination = address
    packet.destinationPort = port ?? packet.destinationPort
    destinationChange = change
    isTranslationSet = true
    decidingRule = rule
  }

  /// TPROXY: assigns a listener and sets the mark; the packet is unchanged otherwise.
  mutating func divert(_ target: TProxyTarget, by rule: Int) {
    listener = target.port == 0 ? packet.destinationPort : target.port
    packet.mark = target.mark.changing(packet.mark)
    decidingRule = rule
  }

  /// CONNMARK (`connmark_tg`); no effect without a connection.
  mutating func apply(_ target: ConnmarkTarget) {
    guard let visible = packet.visibleConnectionMark else { return }
    let packetMark = packet.mark.rawValue
    let connection = visible.rawValue
    // A mark written to a template does not reach the connection.
    let isWritable = packet.tracking == .tracked
    switch target {
    case .set(let mark): if isWritable { packet.connectionMark = mark.changing(visible) }
    case .save(let packetMask, let mask):
      guard isWritable else { return }
      packet.connectionMark = Mark(rawValue: connection & ~mask.rawValue ^ packetMark & packetMask.rawValue)
    case .restore(let packetMask, let mask):
      packet.mark = Mark(rawValue: packetMark & ~packetMask.rawValue ^ connection & mask.rawValue)
    }
  }

  /// CT and `notrack`: no effect on packets that connection tracking has seen, such as those on lo (`xt_ct_target`).
  /// nat skips packets that are not tracked, so that the rule decides.
  mutating func prepare(isUntracked: Bool, _ zone: ConntrackZoneChoice?, by rule: Int) {
    guard packet.tracking == .none else { return }
    packet.tracking = isUntracked ? .untracked : .template
    if isUntracked, compiled.tracksConnections { decidingRule = rule }
    guard let zone, zone.direction != .reply else { return }
    packet.zone = zone.number ?? ConntrackZone(rawValue: UInt16(truncatingIfNeeded: packet.mark.rawValue))
  }
}

extension MaskedMark {
  /// The mark with the bits of the mask replaced, as by MARK and TPROXY: `(old & ~mask) ^ value`.
  func changing(_ old: Mark) -> Mark { Mark(rawValue: old.rawValue & ~mask.rawValue ^ value.rawValue) }
}
