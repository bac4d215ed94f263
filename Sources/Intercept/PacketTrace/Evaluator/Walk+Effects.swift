import NetworkValues
import RuleModel

/// What targets do to a packet and its connection.
extension Walk {
  /// REDIRECT: to 127.0.0.1 or ::1 for what this host sends, else to the address of the interface, which is taken
  /// to be the one the packet was sent to.
  mutating func redirect(to ports: PortRange?, by rule: Int) {
    let port = ports.map { $0.contains(packet.destinationPort) ? packet.destinationPort : $0.lowerBound }
    let address = packet.inInterface == nil ? IPAddress.localhost(packet.family) : packet.destination
    let isChanged = address != packet.destination || port ?? packet.destinationPort != packet.destinationPort
    packet.isTranslated = packet.isTranslated || isChanged
    packet.destination = address
    packet.destinationPort = port ?? packet.destinationPort
    isRedirected = true
    decider = rule
  }

  /// TPROXY: the packet stays as it is, a listener has it, and its mark leads it here.
  mutating func divert(_ target: TProxyTarget, by rule: Int) {
    listener = target.port == 0 ? packet.destinationPort : target.port
    packet.mark = target.mark.changing(packet.mark)
    decider = rule
  }

  /// CONNMARK (`connmark_tg`); without a connection there is nothing to do.
  mutating func apply(_ target: ConnmarkTarget) {
    guard let visible = packet.visibleConnectionMark else { return }
    let packetMark = packet.mark.rawValue
    let connection = visible.rawValue
    // What is written on a template goes no further with this packet.
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

  /// CT: nothing for a packet that connection tracking has seen, as on lo (`xt_ct_target`).
  mutating func prepare(isUntracked: Bool, _ zone: ConntrackZoneChoice?) {
    guard packet.tracking == .none else { return }
    packet.tracking = isUntracked ? .untracked : .template
    guard let zone, zone.direction != .reply else { return }
    packet.zone = zone.number ?? ConntrackZone(rawValue: UInt16(truncatingIfNeeded: packet.mark.rawValue))
  }
}

extension MaskedMark {
  /// A mark with the bits of the mask replaced, as MARK and TPROXY do it: `(old & ~mask) ^ value`.
  func changing(_ old: Mark) -> Mark { Mark(rawValue: old.rawValue & ~mask.rawValue ^ value.rawValue) }
}
