import NetworkValues
import RuleModel

extension NftValueKind {
  /// Reads a value, a range, a prefix or a name of this kind; nil if it is not one.
  func range(_ text: String) -> ClosedRange<UInt128>? {
    if let single = number(text) { return single...single }
    switch self {
    case .interface: return Self.names(text)
    case .address, .anyAddress:
      if let block = CIDR(text), allows(block.family) { return RangeSet(block).single }
    case .port, .proto, .family, .number, .mark, .state, .direction, .status, .routeType, .tcpFlags,
      .interfaceIndex, .other:
      break
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = number(String(ends[0])), let last = number(String(ends[1])),
      first <= last
    else { return nil }
    return first...last
  }

  /// Reads a single value of this kind.
  func number(_ text: String) -> UInt128? {
    switch self {
    case .address(let family): return (IPAddress(text) ?? localhost(text, family)).flatMap(bits)
    case .anyAddress: return IPAddress(text).flatMap(bits)
    case .interface:
      return InterfaceName(text).flatMap { $0.description.utf8.last == .asterisk ? nil : $0.bits }
    case .other: return nil
    case .port where text.utf8.first?.isDigit == false:
      return NameResolver.wellKnown.port(text, nil).map { UInt128($0.rawValue) }
    case .port, .number, .mark, .interfaceIndex: return UInt32(cText: text).flatMap { fitting(UInt128($0)) }
    case .proto:
      return Self.protocols[text] ?? Self.protocolAliases[text] ?? UInt8(cText: text).map { UInt128($0) }
    case .family, .state, .direction, .status, .routeType, .tcpFlags:
      return symbols[text] ?? UInt32(cText: text).flatMap { fitting(UInt128($0)) }
    }
  }

  /// The address that `nft -N` prints by its name.
  private func localhost(_ name: String, _ family: IPFamily) -> IPAddress? {
    let names = family == .ipv4 ? ["localhost"] : ["localhost", "ip6-localhost", "ip6-loopback"]
    return names.contains(name) ? .localhost(family) : nil
  }

  private func bits(_ address: IPAddress) -> UInt128? { allows(address.family) ? address.bits : nil }

  private func allows(_ family: IPFamily) -> Bool {
    switch self {
    case .address(let own): own == family
    case .anyAddress: true
    case .port, .proto, .family, .interface, .number, .mark, .state, .direction, .status, .routeType,
      .tcpFlags, .interfaceIndex, .other:
      false
    }
  }

  private func fitting(_ value: UInt128) -> UInt128? { value <= UInt128(greatestOfBits: bits) ? value : nil }

  /// The names of all interfaces with a beginning: `veth*`; `\*` at the end is an asterisk.
  private static func names(_ text: String) -> ClosedRange<UInt128>? {
    guard text.utf8.last == .asterisk, text.utf8.count <= InterfacePattern.longest + 1 else { return nil }
    let stem = text.utf8.dropLast()
    if stem.last == .backslash {
      let name = Array(stem.dropLast()) + [UInt8.asterisk]
      let bits = InterfaceName(bytes: name).bits
      return bits...bits
    }
    guard !stem.isEmpty else { return 0...UInt128.max }
    let first = InterfaceName(bytes: stem).bits
    return first...first | UInt128(greatestOfBits: 8 * (16 - stem.count))
  }

  var symbols: [String: UInt128] {
    switch self {
    case .proto: Self.protocols
    case .family: ["ipv4": 2, "ipv6": 10]
    case .state: ["invalid": 1, "established": 2, "related": 4, "new": 8, "untracked": 64]
    case .direction: ["original": 0, "reply": 1]
    case .status:
      [
        "expected": 1, "seen-reply": 2, "assured": 4, "confirmed": 8, "snat": 16, "dnat": 32, "dying": 512,
      ]
    case .routeType:
      [
        "unspec": 0, "unicast": 1, "local": 2, "broadcast": 3, "anycast": 4, "multicast": 5, "blackhole": 6,
        "unreachable": 7, "prohibit": 8,
      ]
    case .tcpFlags:
      ["fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32, "ecn": 64, "cwr": 128]
    case .address, .anyAddress, .port, .interface, .interfaceIndex, .number, .mark, .other: [:]
    }
  }

  /// Other names of protocols in rules.
  private static let protocolAliases: [String: UInt128] = ["icmpv6": 58, "comp": 108]

  /// The protocols by the names in /etc/protocols, which `nft` prints.
  private static let protocols: [String: UInt128] = [
    "ip": 0, "icmp": 1, "igmp": 2, "ggp": 3, "ipencap": 4, "st": 5, "tcp": 6, "egp": 8, "igp": 9, "pup": 12,
    "udp": 17, "hmp": 20, "xns-idp": 22, "rdp": 27, "iso-tp4": 29, "dccp": 33, "xtp": 36, "ddp": 37,
    "idpr-cmtp": 38, "ipv6": 41, "ipv6-route": 43, "ipv6-frag": 44, "idrp": 45, "rsvp": 46, "gre": 47,
    "esp": 50, "ah": 51, "skip": 57, "ipv6-icmp": 58, "ipv6-nonxt": 59, "ipv6-opts": 60, "rspf": 73,
    "vmtp": 81, "eigrp": 88, "ospf": 89, "ax.25": 93, "ipip": 94, "etherip": 97, "encap": 98, "pim": 103,
    "ipcomp": 108, "vrrp": 112, "l2tp": 115, "isis": 124, "sctp": 132, "fc": 133, "mobility-header": 135,
    "udplite": 136, "mpls-in-ip": 137, "manet": 138, "shim6": 139, "hip": 140, "wesp": 141, "rohc": 142,
    "ethernet": 143,
  ]
}
