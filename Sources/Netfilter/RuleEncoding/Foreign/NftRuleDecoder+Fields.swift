import CNetfilter
import Intercept
import NFTables

/// Fields of packets, and the matches that they imply.
extension NftRuleDecoder {
  /// The name of a field; words are removed that `nft` omits because the name implies them.
  mutating func name(of key: NftKey) -> String {
    switch key {
    case .source, .destination, .headerProtocol:
      if let word = family?.word { rewrite(word) }
      family?.word = nil
    case .sourcePort, .destinationPort, .tcpFlags: removeProtocol()
    case .opaque(let text, _) where HeaderField.all.contains { $0.name == text }: removeProtocol()
    case .proto, .family, .inInterface, .outInterface, .mark, .connectionMark, .state, .direction, .status,
      .user, .group, .destinationType, .sourceType, .originalDestination, .originalDestinationPort, .opaque:
      break
    }
    return key.text
  }

  private mutating func removeProtocol() {
    if let word = proto?.word { rewrite(word) }
    proto?.word = nil
  }

  /// Notes the family or protocol that a match requires, and writes it; false for other matches.
  mutating func require(_ key: NftKey, _ value: UInt128, _ isEqual: Bool) -> Bool {
    guard isEqual else { return false }
    switch key {
    case .family where value == 2 || value == 10:
      family = (value == 2 ? .ipv4 : .ipv6, write(match: "\(key.text) \(key.kind.text(value...value))"))
    case .proto, .headerProtocol:
      let word = write(match: "\(name(of: key)) \(key.kind.text(value...value))")
      // A protocol in the header of one family is no word that a field of both implies.
      let isImplied = key == .proto || table.family != .inet
      proto = (IPProtocol(rawValue: UInt8(truncatingIfNeeded: value)), isImplied ? word : nil)
    default: return false
    }
    return true
  }

  /// The field that a payload expression loads.
  func field(_ payload: PayloadExpression) -> NftKey {
    if payload.base == .transport, let proto = proto?.value,
      HeaderField.all.contains(where: { $0.proto == proto })
    {
      let known = HeaderField.all.first { $0.proto == proto && $0.offset == payload.offset }
      if let known, payload.length == 2 { return .opaque(known.name, .port) }
    } else if payload.base == .transport, payload.length == 2 {
      let known = proto.flatMap { [6, 17, 33, 132, 136].contains($0.value.rawValue) ? $0.value : nil }
      if payload.offset == 0 { return .sourcePort(known) }
      if payload.offset == 2 { return .destinationPort(known) }
    }
    if payload.base == .transport, payload.offset == 13, payload.length == 1, proto?.value == .tcp {
      return .tcpFlags
    }
    if payload.base == .network, let family = family?.value {
      let (source, destination, size): (UInt32, UInt32, UInt32) = family == .ipv4 ? (12, 16, 4) : (8, 24, 16)
      if payload.offset == source, payload.length <= size { return .source(family) }
      if payload.offset == destination, payload.length <= size { return .destination(family) }
      if payload.offset == (family == .ipv4 ? 9 : 6), payload.length == 1 { return .headerProtocol(family) }
    }
    let base = [0: "ll", 1: "nh", 2: "th"][payload.base.rawValue] ?? "ih"
    return .opaque("@\(base),\(8 * payload.offset),\(8 * payload.length)", .other)
  }
}

/// A field of two bytes in the header of a protocol without ports.
private struct HeaderField {
  let proto: IPProtocol
  let offset: UInt32
  let name: String

  static let all = [
    HeaderField(proto: .icmp, offset: 2, name: "icmp checksum"),
    HeaderField(proto: .icmpv6, offset: 2, name: "icmpv6 checksum"),
    HeaderField(proto: IPProtocol(rawValue: 2), offset: 2, name: "igmp checksum"),
    HeaderField(proto: IPProtocol(rawValue: 51), offset: 2, name: "ah reserved"),
    HeaderField(proto: IPProtocol(rawValue: 108), offset: 2, name: "comp cpi"),
  ]
}

extension NftKey {
  /// The kind of a value of so many bytes: an address of either family has those of its own.
  func kind(ofBytes count: Int) -> NftValueKind {
    kind == .anyAddress ? .address(count <= 4 ? .ipv4 : .ipv6) : kind
  }

  /// The field of `meta`, by its number.
  init(meta key: MetaKey) {
    switch key {
    case .mark: self = .mark
    case .inputInterfaceName: self = .inInterface
    case .outputInterfaceName: self = .outInterface
    case .socketUID: self = .user
    case .socketGID: self = .group
    case .networkProtocol: self = .family
    case .transportProtocol: self = .proto
    case .trace: self = .opaque("meta nftrace", .other)
    case .inputInterface: self = .opaque("iif", .interfaceIndex)
    case .outputInterface: self = .opaque("oif", .interfaceIndex)
    default:
      let name = Self.metaNumbers[key.rawValue]
      self = .opaque(
        "meta \(name ?? Self.metaNames[key.rawValue] ?? "key\(key.rawValue)")", name == nil ? .other : .number
      )
    }
  }

  /// The fields of `meta` that are numbers in host order (`enum nft_meta_keys`).
  private static let metaNumbers: [UInt32: String] = [
    0: "length", 2: "priority", 8: "iiftype", 9: "oiftype", 13: "rtclassid", 14: "secmark", 19: "pkttype",
    20: "cpu",
    21: "iifgroup", 22: "oifgroup", 23: "cgroup", 24: "random", 31: "day", 33: "sdif",
  ]

  /// The other fields of `meta`: in network order, or names.
  private static let metaNames: [UInt32: String] = [
    1: "protocol", 17: "ibrname", 18: "obrname", 25: "ipsec", 26: "iifkind", 27: "oifkind", 28: "ibrpvid",
    29: "ibrvproto", 30: "time", 32: "hour", 34: "sdifname",
  ]

  /// The field of `ct`, by its number.
  init(conntrack key: ConntrackKey) {
    switch key {
    case .state: self = .state
    case .mark: self = .connectionMark
    case ConntrackKey(rawValue: 1): self = .direction
    case ConntrackKey(rawValue: 2): self = .status
    // A name, as that of an interface.
    case ConntrackKey(rawValue: 6): self = .opaque("ct helper", .interface)
    default:
      let name = Self.conntrackNumbers[key.rawValue]
      self = .opaque("ct \(name ?? "key\(key.rawValue)")", name == nil ? .other : .number)
    }
  }

  /// The fields of `ct` that are numbers in host order (`enum nft_ct_keys`).
  private static let conntrackNumbers: [UInt32: String] = [
    4: "secmark", 5: "expiration", 7: "l3proto", 10: "protocol", 14: "packets", 15: "bytes", 16: "avgpkt",
    17: "zone", 23: "id",
  ]
}
