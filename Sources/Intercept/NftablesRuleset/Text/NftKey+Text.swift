import NetworkValues

extension NftKey {
  /// The field as `nft list ruleset` prints it: `ip daddr`, `iifname`.
  public var text: String {
    switch self {
    case .source(let family): "\(family.headerName) saddr"
    case .destination(let family): "\(family.headerName) daddr"
    case .proto: "meta l4proto"
    case .headerProtocol(.ipv4): "ip protocol"
    case .headerProtocol(.ipv6): "ip6 nexthdr"
    case .sourcePort(let proto): "\(proto?.description ?? "th") sport"
    case .destinationPort(let proto): "\(proto?.description ?? "th") dport"
    case .tcpFlags: "tcp flags"
    case .family: "meta nfproto"
    case .inInterface: "iifname"
    case .outInterface: "oifname"
    case .mark: "meta mark"
    case .connectionMark: "ct mark"
    case .state: "ct state"
    case .direction: "ct direction"
    case .status: "ct status"
    case .user: "meta skuid"
    case .group: "meta skgid"
    case .destinationType: "fib daddr type"
    case .sourceType: "fib saddr type"
    case .originalDestination: "ct original ip daddr"
    case .originalDestinationPort: "ct original proto-dst"
    case .opaque(let text, _): text
    }
  }
}

extension IPFamily {
  fileprivate var headerName: String {
    switch self {
    case .ipv4: "ip"
    case .ipv6: "ip6"
    }
  }
}

extension NftValueKind {
  /// A range of values as `nft list ruleset` prints it: `10.0.0.0/8`, `80-90`, `"veth*"`, `0x00000539`.
  public func text(_ range: ClosedRange<UInt128>) -> String {
    let first = text(range.lowerBound)
    guard range.lowerBound != range.upperBound else { return first }
    switch self {
    case .interface:
      let stem = range.lowerBound.bigEndianBytes(16).prefix { $0 != 0 }
      return "\"\(String(decoding: stem, as: UTF8.self))*\""
    case .address(let family):
      if let length = range.prefixLength(ofBits: family.addressBits) { return "\(first)/\(length)" }
    case .anyAddress:
      let family: IPFamily = range.upperBound >> 32 == 0 ? .ipv4 : .ipv6
      if let length = range.prefixLength(ofBits: family.addressBits) { return "\(first)/\(length)" }
    case .proto: return "\(range.lowerBound)-\(range.upperBound)"
    case .port, .family, .number, .mark, .state, .direction, .status, .routeType, .tcpFlags, .interfaceIndex,
      .other:
      break
    }
    return "\(first)-\(text(range.upperBound))"
  }

  private func text(_ value: UInt128) -> String {
    switch self {
    case .address(let family): IPAddress(family, bits: value).description
    case .anyAddress: IPAddress(value >> 32 == 0 ? .ipv4 : .ipv6, bits: value).description
    case .interface: Self.quoted(value)
    case .mark: Self.hexadecimal(value)
    case .proto, .family, .direction, .routeType: name(value) ?? "\(value)"
    case .state, .status, .tcpFlags: bitNames(value)
    case .port, .number, .interfaceIndex, .other: "\(value)"
    }
  }

  /// The name of one interface. An asterisk at its end is none that stands for any rest.
  private static func quoted(_ name: UInt128) -> String {
    let bytes = name.bigEndianBytes(16).prefix { $0 != 0 }
    let text = String(decoding: bytes, as: UTF8.self)
    return bytes.last == .asterisk ? "\"\(text.dropLast())\\*\"" : "\"\(text)\""
  }

  /// The bits by name, joined by commas.
  public func bitNames(_ value: UInt128) -> String {
    let bits = (0..<UInt128(32)).map { 1 << $0 }.filter { value & $0 != 0 }
    let names = bits.compactMap(name)
    return bits.isEmpty || names.count < bits.count ? Self.hexadecimal(value) : names.joined(separator: ",")
  }

  private func name(_ value: UInt128) -> String? { symbols.first { $0.value == value }?.key }

  private static func hexadecimal(_ value: UInt128) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
