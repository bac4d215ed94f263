public import NetworkValues
public import RuleModel

/// One condition of a native rule: something that is loaded from the packet, and what it is held against.
public enum NativeMatch: Hashable, Sendable {
  /// `meta nfproto ipv4`: the packet is of this family. Stands before every match of an address.
  case family(IPFamily)
  /// A number and the values it may, or may not, have: `tcp dport { 80, 443 }`, `meta skuid != 1337`.
  case field(NativeField, Condition<NativeValues>)
  /// `iifname "eth0"`: the interface the packet came in by.
  case inInterface(Condition<InterfacePattern>)
  /// `oifname "lo"`: the interface the packet leaves by.
  case outInterface(Condition<InterfacePattern>)
  /// `meta mark 0x00000539`, `meta mark & 0x000000ff == 0x00000003`.
  case mark(Condition<MaskedMark>)
  /// `ct mark …`: the mark of the packet's connection.
  case connectionMark(Condition<MaskedMark>)
  /// `ct state established,related`: any of the states, or none of them.
  case state(Condition<ConntrackState>)
  /// Something in the kernel that this program would not have written, in words.
  case opaque(String)
}

/// A number that a native rule looks at.
///
/// What does not exist in a packet, such as the owner of one without a socket, matches neither a value nor its
/// negation (`NFT_BREAK`).
public enum NativeField: Hashable, Sendable {
  /// `ip saddr`, `ip6 saddr`.
  case source(IPFamily)
  /// `ip daddr`, `ip6 daddr`.
  case destination(IPFamily)
  /// `meta l4proto`: the protocol over IP, behind any IPv6 extension headers. Stands before every match of a port.
  case proto
  /// `th sport`: the first two bytes of the transport header.
  case sourcePort
  /// `th dport`: the third and the fourth byte of the transport header.
  case destinationPort
  /// `meta skuid`: the user that owns the socket the packet comes from.
  case user
  /// `meta skgid`: the group that owns it.
  case group

  /// How many bits the number has.
  public var bits: Int {
    switch self {
    case .source(let family), .destination(let family): family.addressBits
    case .proto: 8
    case .sourcePort, .destinationPort: 16
    case .user, .group: 32
    }
  }

  /// The greatest number the field can hold.
  public var greatest: UInt128 { bits == 128 ? .max : 1 << UInt128(bits) - 1 }
}
