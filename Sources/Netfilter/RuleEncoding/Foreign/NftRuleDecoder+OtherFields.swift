import Intercept
import NFTables
import Netlink

/// Fields that expressions of their own load: of sockets, routes, TCP options and directions of connections.
extension NftRuleDecoder {
  /// Loads the field of an expression; false if the expression is none, or is not known.
  mutating func load(_ name: String, _ data: AttributeTable) -> Bool {
    let field: (NftKey, Int)? =
      switch name {
      case "ct": directedField(data).map { ($0, 1) }
      case "socket": Self.socketFields[data[1]?.big32 ?? .max].map { ($0, 2) }
      case "rt": Self.routeFields[data[2]?.big32 ?? .max].map { ($0, 1) }
      case "numgen": (numberGenerator(data), 1)
      case "exthdr": tcpOption(data).map { ($0, 1) }
      default: nil
      }
    guard let (key, attribute) = field, let register = data.register(attribute) else { return false }
    registers[register] = .field(key, mask: nil, xor: nil)
    return true
  }

  /// `enum nft_socket_keys`.
  private static let socketFields: [UInt32: NftKey] = [
    0: .opaque("socket transparent", .number), 1: .opaque("socket mark", .mark),
    2: .opaque("socket wildcard", .number),
  ]

  /// `enum nft_rt_keys`.
  private static let routeFields: [UInt32: NftKey] = [
    0: .opaque("rt classid", .number), 1: .opaque("rt ip nexthop", .address(.ipv4)),
    2: .opaque("rt ip6 nexthop", .address(.ipv6)), 3: .opaque("rt mtu", .number),
    4: .opaque("rt ipsec", .number),
  ]

  private func numberGenerator(_ data: AttributeTable) -> NftKey {
    let type = data[3]?.big32 == 0 ? "inc" : "random"
    let offset = data[4]?.big32 ?? 0
    return .opaque(
      "numgen \(type) mod \(data[2]?.big32 ?? 0)" + (offset == 0 ? "" : " offset \(offset)"), .number)
  }

  /// A field of one direction of the connection: `ct original proto-dst`.
  private func directedField(_ data: AttributeTable) -> NftKey? {
    guard let number = data[2]?.big32, let direction = data[3]?.byte else { return nil }
    let isOriginal = direction == 0
    if isOriginal, number == 12 { return .originalDestinationPort }
    if isOriginal, number == 20 { return .originalDestination }
    return Self.directedFields[number].map {
      .opaque("ct \(isOriginal ? "original" : "reply") \($0.name)", $0.kind)
    }
  }

  /// `enum nft_ct_keys`.
  private static let directedFields: [UInt32: (name: String, kind: NftValueKind)] = [
    7: ("l3proto", .family), 10: ("protocol", .proto), 11: ("proto-src", .port), 12: ("proto-dst", .port),
    14: ("packets", .number), 15: ("bytes", .number), 16: ("avgpkt", .number), 17: ("zone", .number),
    19: ("ip saddr", .address(.ipv4)), 20: ("ip daddr", .address(.ipv4)),
    21: ("ip6 saddr", .address(.ipv6)), 22: ("ip6 daddr", .address(.ipv6)),
  ]

  /// A part of a TCP option; nil for other headers.
  func tcpOption(_ data: AttributeTable) -> NftKey? {
    guard data[6]?.big32 == 1, let type = data[2]?.byte else { return nil }
    let name = Self.tcpOptions[type] ?? "@\(type)"
    if (data[5]?.big32 ?? 0) & 1 == 1 { return .opaque("tcp option \(name)", .other) }
    let part =
      switch (type, data[3]?.big32) {
      case (2, 2): "size"
      case (3, 2): "count"
      case (8, 2): "tsval"
      case (8, 6): "tsecr"
      default: "@\(8 * UInt64(data[3]?.big32 ?? 0)),\(8 * UInt64(data[4]?.big32 ?? 0))"
      }
    return .opaque("tcp option \(name) \(part)", .other)
  }

  private static let tcpOptions: [UInt8: String] = [
    0: "eol", 1: "nop", 2: "maxseg", 3: "window", 4: "sack-perm", 5: "sack", 8: "timestamp",
  ]
}
