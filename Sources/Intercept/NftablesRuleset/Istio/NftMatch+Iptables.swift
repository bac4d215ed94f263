import NetworkValues
import RuleModel

/// Matches that iptables has and Istio's own tables do not, in the words in which nft prints those of iptables-nft.
extension NftMatch {
  /// The matches of iptables; empty if the native form has the match, or iptables has none.
  func iptablesMatches(_ family: IPFamily) -> [Match] {
    guard keys.count == 1, let key = keys.first else { return [] }
    switch key {
    case .tcpFlags: return flags.map { [.proto(.is(.tcp)), .tcp(TCPMatch(flags: $0))] } ?? []
    case .destinationType: return addressType.flatMap { AddressTypeMatch(destination: $0) }.matches
    case .sourceType: return addressType.flatMap { AddressTypeMatch(source: $0) }.matches
    case .source(let own) where mask != nil: return maskedAddress("-s", own)
    case .destination(let own) where mask != nil: return maskedAddress("-d", own)
    case .direction, .status, .originalDestination, .originalDestinationPort:
      return ConntrackMatch(connection(key.text, family)).map { [.conntrack($0)] } ?? []
    case .opaque(let name, .routeType): return limitedAddressType(name).matches
    case .opaque(let name, _): return ConntrackMatch(connection(name, family)).map { [.conntrack($0)] } ?? []
    case .source, .destination, .proto, .headerProtocol, .sourcePort, .destinationPort, .family, .inInterface,
      .outInterface, .mark, .connectionMark, .state, .user, .group:
      return []
    }
  }

  /// The only value or range; nil for a set, and for bits.
  private var range: Condition<ClosedRange<UInt128>>? {
    guard mask == nil, case .values(let elements, let isNegated) = comparison, elements.elements.count == 1,
      let key = elements.elements.first?.key, key.count == 1, let range = key.first
    else { return nil }
    return isNegated ? .not(range) : .is(range)
  }

  /// The only number; nil for a range.
  private var number: Condition<UInt128>? {
    range.flatMap { range in
      range.value.lowerBound == range.value.upperBound ? range.map { $0.lowerBound } : nil
    }
  }

  /// Bits of which one must be set; nil for other comparisons.
  private var bits: Condition<UInt128>? {
    guard mask == nil, case .bits(let bits, let isNegated) = comparison else { return number }
    return isNegated ? .not(bits) : .is(bits)
  }
}

/// Headers and addresses.
extension NftMatch {
  /// `tcp flags syn / fin,syn,rst,ack`, `tcp flags & (fin|syn) == syn`.
  private var flags: Condition<TCPFlagTest>? {
    guard let mask, case .values(let elements, let isNegated) = comparison, elements.elements.count == 1,
      let set = elements.elements.first?.key.first, set.lowerBound == set.upperBound
    else { return nil }
    let test = TCPFlagTest(
      TCPFlags(rawValue: UInt8(truncatingIfNeeded: set.lowerBound)),
      of: TCPFlags(rawValue: UInt8(truncatingIfNeeded: mask)))
    return isNegated ? .not(test) : .is(test)
  }

  /// `ip saddr & 255.0.255.0 == 10.0.12.0`: an address with a mask that is no prefix, as text.
  private func maskedAddress(_ option: String, _ family: IPFamily) -> [Match] {
    guard let mask, case .values(let elements, let isNegated) = comparison, elements.elements.count == 1,
      let address = elements.elements.first?.key.first, address.lowerBound == address.upperBound
    else { return [] }
    let words = "\(IPAddress(family, bits: address.lowerBound))/\(IPAddress(family, bits: mask))"
    return [.opaque(OpaqueMatch("\(isNegated ? "! " : "")\(option) \(words)"))]
  }

  /// `fib daddr type local`.
  private var addressType: Condition<AddressType>? {
    guard mask == nil, case .values(let elements, let isNegated) = comparison else { return nil }
    var types: AddressType = []
    for element in elements.elements {
      guard let type = element.key.first, element.key.count == 1, type.lowerBound == type.upperBound,
        type.lowerBound < 12
      else { return nil }
      types.insert(AddressType(rawValue: 1 << UInt16(type.lowerBound)))
    }
    return isNegated ? .not(types) : .is(types)
  }

  /// `fib saddr . iif type local`: `--limit-iface-in`.
  private func limitedAddressType(_ name: String) -> AddressTypeMatch? {
    guard let types = addressType else { return nil }
    switch name {
    case "fib saddr . iif type": return AddressTypeMatch(source: types, limit: .inInterface)
    case "fib daddr . iif type": return AddressTypeMatch(destination: types, limit: .inInterface)
    case "fib saddr . oif type": return AddressTypeMatch(source: types, limit: .outInterface)
    case "fib daddr . oif type": return AddressTypeMatch(destination: types, limit: .outInterface)
    default: return nil
    }
  }
}

/// Connections.
extension NftMatch {
  /// The condition on a field of the connection; none for other fields.
  private func connection(_ name: String, _ family: IPFamily) -> ConntrackConditions {
    var conditions = ConntrackConditions()
    switch name {
    case "ct direction":
      conditions.direction = number == .is(0) ? .original : number == .is(1) ? .reply : nil
    case "ct status": addStatus(to: &conditions)
    case "ct expiration":
      conditions.expiry = range?.map {
        UInt32(truncatingIfNeeded: $0.lowerBound)...UInt32(truncatingIfNeeded: $0.upperBound)
      }
    case "ct original protocol":
      conditions.proto = number?.map { IPProtocol(rawValue: UInt8(truncatingIfNeeded: $0)) }
    case "ct original saddr": conditions.originalSource = range?.map { CIDR($0, family) }
    case "ct original ip daddr": conditions.originalDestination = range?.map { CIDR($0, family) }
    case "ct reply saddr": conditions.replySource = range?.map { CIDR($0, family) }
    case "ct reply daddr": conditions.replyDestination = range?.map { CIDR($0, family) }
    case "ct original proto-src": conditions.originalSourcePorts = range?.map { PortRange($0) }
    case "ct original proto-dst": conditions.originalDestinationPorts = range?.map { PortRange($0) }
    case "ct reply proto-src": conditions.replySourcePorts = range?.map { PortRange($0) }
    case "ct reply proto-dst": conditions.replyDestinationPorts = range?.map { PortRange($0) }
    default: break
    }
    return conditions
  }

  /// `ct status assured`. The bits of NAT are states in iptables.
  private func addStatus(to conditions: inout ConntrackConditions) {
    guard let bits else { return }
    let translations: UInt128 = 0x30
    if bits.value & ~0xf == 0 {
      conditions.status = bits.map { ConntrackStatus(rawValue: UInt32(truncatingIfNeeded: $0)) }
    } else if bits.value & ~translations == 0 {
      conditions.state = bits.map { ConntrackState(translations: $0) }
    }
  }
}

extension ConntrackState {
  /// The states of `IPS_SRC_NAT` and `IPS_DST_NAT`.
  fileprivate init(translations bits: UInt128) {
    self.init()
    if bits & 0x10 != 0 { insert(.sourceTranslated) }
    if bits & 0x20 != 0 { insert(.destinationTranslated) }
  }
}

extension AddressTypeMatch? {
  fileprivate var matches: [Match] { map { [.addressType($0)] } ?? [] }
}
