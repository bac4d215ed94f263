import NetworkValues
import NftablesRuleset
import RuleModel

/// The value of a packet's field where a rule of nf_tables loads it.
enum PacketField {
  /// The packet has no such field: the rule ends (`NFT_BREAK`).
  case missing
  /// One of the numbers, unknown which.
  case values(ClosedRange<UInt128>)
  case unknown

  static func value(_ number: UInt128) -> PacketField { .values(number...number) }

  /// The number, if it is certain.
  var number: UInt128? {
    guard case .values(let range) = self, range.lowerBound == range.upperBound else { return nil }
    return range.lowerBound
  }

  /// True if the field is in a range.
  func isIn(_ range: ClosedRange<UInt128>) -> Ternary {
    switch self {
    case .missing: .no
    case .unknown: .unknown
    case .values(let values):
      range.contains(values.lowerBound) && range.contains(values.upperBound)
        ? .yes : range.overlaps(values) ? .unknown : .no
    }
  }
}

extension MatchContext {
  /// Loads a field as nf_tables does.
  func field(_ key: NftKey) -> PacketField {
    switch key {
    case .source(let family):
      guard packet.family == family else { return .missing }
      return packet.source.map { .value($0.bits) } ?? .unknown
    case .destination(let family):
      return packet.family == family ? .value(packet.destination.bits) : .missing
    case .proto: return .value(UInt128(packet.proto.rawValue))
    case .headerProtocol(let family):
      return packet.family == family ? .value(UInt128(packet.proto.rawValue)) : .missing
    case .sourcePort(let proto): return has(proto) ? .values(packet.sourcePorts.numbers) : .missing
    case .destinationPort(let proto):
      return has(proto) ? .value(UInt128(packet.destinationPort.rawValue)) : .missing
    case .tcpFlags:
      guard packet.proto == .tcp else { return .missing }
      return packet.state == .new ? .value(2) : .unknown
    case .family: return .value(packet.family == .ipv4 ? 2 : 10)
    case .inInterface: return .value(packet.inInterface?.bits ?? 0)
    case .outInterface: return .value(packet.outInterface?.bits ?? 0)
    case .mark: return .value(UInt128(packet.mark.rawValue))
    case .user: return owner { $0.user.rawValue }
    case .group: return owner { $0.group.rawValue }
    case .destinationType: return routeType(packet.destination)
    case .sourceType: return packet.source.map(routeType) ?? .unknown
    case .connectionMark, .state, .direction, .status, .originalDestination, .originalDestinationPort:
      return connectionField(key)
    case .opaque: return .unknown
    }
  }

  private func has(_ proto: IPProtocol?) -> Bool { proto == nil || packet.proto == proto }

  private func owner(_ id: (SocketOwner) -> UInt32) -> PacketField {
    if let owner = packet.owner { return .value(UInt128(id(owner))) }
    return flow.isOwnerUnknown && packet.inInterface == nil ? .unknown : .missing
  }

  private func routeType(_ address: IPAddress) -> PacketField {
    let bits = type(of: address).rawValue
    return .value(UInt128(bits.trailingZeroBitCount))
  }

  /// A field of the connection (`nft_ct_get_eval`); without a connection only the state can be loaded.
  private func connectionField(_ key: NftKey) -> PacketField {
    if key == .state { return .value(packet.visibleState.nftBits) }
    guard let mark = packet.visibleConnectionMark else { return .missing }
    if key == .connectionMark { return .value(UInt128(mark.rawValue)) }
    guard packet.tracking == .tracked, packet.state == .new else { return .unknown }
    switch key {
    case .direction: return .value(0)
    case .status: return .value((packet.hasLeft ? 8 : 0) | (packet.isTranslated ? 32 : 0))
    case .originalDestination: return .value(flow.destination.address.bits)
    case .originalDestinationPort: return .value(UInt128(flow.destination.port.rawValue))
    default: return .unknown
    }
  }
}

extension ConntrackState {
  /// The bits of nf_tables (`NF_CT_STATE_BIT`), without those of translation.
  fileprivate var nftBits: UInt128 {
    UInt128(rawValue & 0xf) | (contains(.untracked) ? 0x40 : 0)
  }
}

extension PortRange {
  fileprivate var numbers: ClosedRange<UInt128> {
    UInt128(lowerBound.rawValue)...UInt128(upperBound.rawValue)
  }
}

extension NftMatch {
  /// Evaluates the comparison.
  ///
  /// - Parameter elements: returns the elements of a set of the rule's table; nil if they are not known.
  func holds(in context: MatchContext, elements: (String) -> NftElements?) -> Ternary {
    var fields = keys.map(context.field)
    if fields.contains(where: { if case .missing = $0 { true } else { false } }) { return .no }
    if let mask {
      guard let number = fields.first?.number else { return .unknown }
      fields = [.value(number & mask)]
    }
    switch comparison {
    case .values(let values, let isNegated): return values.contain(fields).inverted(isNegated)
    case .set(let name, let isNegated):
      return elements(name).map { $0.contain(fields).inverted(isNegated) } ?? .unknown
    case .bits(let bits, let isNegated):
      guard let number = fields.first?.number else { return .unknown }
      return Ternary(number & bits != 0).inverted(isNegated)
    }
  }
}

extension NftElements {
  /// True if an element's key contains the fields.
  func contain(_ fields: [PacketField]) -> Ternary {
    var isPossible = false
    for element in elements {
      switch element.contains(fields) {
      case .yes: return .yes
      case .unknown: isPossible = true
      case .no: break
      }
    }
    return isPossible ? .unknown : .no
  }

  /// The data of the element whose key contains the fields, else of the element of all other keys; nil if there is
  /// none.
  func data(for fields: [PacketField]) -> Lookup {
    var other: NftData?
    for element in elements {
      if element.key.isEmpty {
        other = element.data
        continue
      }
      switch element.contains(fields) {
      case .yes: return .found(element.data)
      case .unknown: return .unknown
      case .no: break
      }
    }
    return other.map { .found($0) } ?? .none
  }

  /// The result of a lookup in a map.
  enum Lookup {
    case found(NftData?)
    case none
    case unknown
  }
}

extension NftElement {
  fileprivate func contains(_ fields: [PacketField]) -> Ternary {
    guard !key.isEmpty else { return .yes }
    return zip(fields, key).map { $0.isIn($1) }.all
  }
}
