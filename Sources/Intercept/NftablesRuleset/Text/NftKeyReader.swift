import NetworkValues

extension NftCursor {
  /// Consumes the fields on the left side of a match, joined by dots; nil, with none consumed, if there are none.
  mutating func takeKeys() -> [NftKey]? {
    var cursor = self
    guard let first = cursor.takeKey() else { return nil }
    var keys = [first]
    while cursor.take(".") {
      guard let next = cursor.takeKey() else { return nil }
      keys.append(next)
    }
    self = cursor
    return keys
  }

  private mutating func takeKey() -> NftKey? {
    guard let word = first, word.kind == .word else { return nil }
    switch word.text {
    case "meta":
      take()
      return takeText().flatMap(NftKey.init(meta:))
    case "ip", "ip6": return takeNetworkField()
    case "tcp", "udp", "udplite", "sctp", "dccp", "th": return takeTransportField()
    case "ct": return takeConnectionField()
    case "fib": return takeRouteField()
    case let name where name.hasPrefix("@"): return takePlace()
    default:
      guard let key = NftKey(meta: word.text) else { return takeOtherField() }
      take()
      return key
    }
  }

  private mutating func takeNetworkField() -> NftKey? {
    let family: IPFamily = take()?.text == "ip" ? .ipv4 : .ipv6
    guard let field = takeText() else { return nil }
    switch field {
    case "saddr": return .source(family)
    case "daddr": return .destination(family)
    case "protocol", "nexthdr": return .headerProtocol(family)
    default: return .opaque("\(family == .ipv4 ? "ip" : "ip6") \(field)", .other)
    }
  }

  private mutating func takeTransportField() -> NftKey? {
    guard let name = take()?.text, let field = takeText() else { return nil }
    let proto = NftValueKind.proto.number(name).map { IPProtocol(rawValue: UInt8(truncatingIfNeeded: $0)) }
    switch field {
    case "sport": return .sourcePort(proto)
    case "dport": return .destinationPort(proto)
    case "flags" where proto == .tcp: return .tcpFlags
    case "option": return nil
    default: return .opaque("\(name) \(field)", .other)
    }
  }

  /// Consumes `@nh,64,8`: bits of a header by their place.
  private mutating func takePlace() -> NftKey? {
    guard let base = takeText(), ["@ll", "@nh", "@th", "@ih"].contains(base), takeMark(","),
      let offset = takeText(), takeMark(","), let length = takeText()
    else { return nil }
    return .opaque("\(base),\(offset),\(length)", .other)
  }

  private mutating func takeConnectionField() -> NftKey? {
    take()
    guard let field = takeText() else { return nil }
    switch field {
    case "state": return .state
    case "mark": return .connectionMark
    case "direction": return .direction
    case "status": return .status
    case "original", "reply":
      let words = [takeText(), first?.text == "saddr" || first?.text == "daddr" ? takeText() : nil]
      let name = words.compactMap(\.self).joined(separator: " ")
      if field == "original", ["ip daddr", "ip6 daddr", "daddr"].contains(name) {
        return .originalDestination
      }
      if field == "original", name == "proto-dst" { return .originalDestinationPort }
      return .opaque("ct \(field) \(name)", Self.kind(ofTuple: name))
    case "expiration": return .opaque("ct expiration", .number)
    default: return .opaque("ct \(field)", .other)
    }
  }

  /// The kind of a field of a connection's addresses and ports.
  private static func kind(ofTuple field: String) -> NftValueKind {
    switch field {
    case "saddr", "daddr": .anyAddress
    case "proto-src", "proto-dst": .port
    case "protocol": .proto
    default: .other
    }
  }

  /// Consumes `fib daddr . iif type`.
  private mutating func takeRouteField() -> NftKey? {
    take()
    guard var selectors = takeText() else { return nil }
    while take(".") {
      guard let next = takeText() else { return nil }
      selectors += " . \(next)"
    }
    guard let result = takeText() else { return nil }
    switch (selectors, result) {
    case ("daddr", "type"): return .destinationType
    case ("saddr", "type"): return .sourceType
    default: return .opaque("fib \(selectors) \(result)", result == "type" ? .routeType : .other)
    }
  }

  /// Fields of two words that are not modelled: `icmp type`, `ether saddr`.
  private mutating func takeOtherField() -> NftKey? {
    let headers: Set<String> = [
      "icmp", "icmpv6", "igmp", "ether", "vlan", "arp", "ah", "esp", "comp", "hbh", "rt", "frag", "dst", "mh",
      "socket", "numgen", "jhash", "symhash", "osf", "ipsec", "rt0", "rt2", "rt4", "exthdr",
    ]
    guard let header = first?.text, headers.contains(header) else { return nil }
    take()
    guard let field = takeText() else { return nil }
    return .opaque("\(header) \(field)", .other)
  }
}

extension NftKey {
  /// The field of `meta`, which `nft` also writes without that word; nil for an unknown one.
  fileprivate init?(meta name: String) {
    switch name {
    case "l4proto": self = .proto
    case "nfproto": self = .family
    case "iifname", "iif": self = .inInterface
    case "oifname", "oif": self = .outInterface
    case "mark": self = .mark
    case "skuid": self = .user
    case "skgid": self = .group
    case "protocol", "length", "priority", "iiftype", "oiftype", "nftrace", "rtclassid", "pkttype", "cpu",
      "iifgroup", "oifgroup", "cgroup", "random", "ipsec", "time", "day", "hour", "ibrname", "obrname",
      "iifkind", "oifkind", "sdif", "sdifname":
      self = .opaque("meta \(name)", .other)
    default: return nil
    }
  }
}
