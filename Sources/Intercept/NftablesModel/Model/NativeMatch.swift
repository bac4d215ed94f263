public import NetworkValues
public import RuleModel

/// A match of a native rule: a value loaded from the packet, and its comparison.
public enum NativeMatch: Hashable, Sendable {
  /// `meta nfproto ipv4`: the packet's family. Precedes every match of an address.
  case family(IPFamily)
  /// `tcp dport { 80, 443 }`, `meta skuid != 1337`: a number is, or is not, a member of a set.
  case field(NativeField, Condition<RangeSet>)
  /// `iifname "eth0"`: the input interface.
  case inInterface(Condition<InterfacePattern>)
  /// `oifname "lo"`: the output interface.
  case outInterface(Condition<InterfacePattern>)
  /// `meta mark 0x00000539`, `meta mark & 0x000000ff == 0x00000003`.
  case mark(Condition<MaskedMark>)
  /// `ct mark …`: the mark of the packet's connection.
  case connectionMark(Condition<MaskedMark>)
  /// `ct state established,related`: any of the states, or none of them.
  case state(Condition<ConntrackState>)
  /// A match that is not modelled, read from the kernel, as text.
  case opaque(String)

  /// The position among the matches of a rule: cheap and selective ones first, those of one header together, so that
  /// `nft` prints the rule as it was written.
  package var rank: Int {
    switch self {
    case .inInterface: 0
    case .outInterface: 1
    case .family: 2
    case .field(let field, _): field.rank
    case .mark: 20
    case .connectionMark: 21
    case .state: 22
    case .opaque: 23
    }
  }
}

/// A number that a native rule compares.
///
/// If the packet does not have the field, as a packet without a socket has no owner, neither a value nor its negation
/// matches (`NFT_BREAK`).
public enum NativeField: Hashable, Sendable {
  /// `ip saddr`, `ip6 saddr`.
  case source(IPFamily)
  /// `ip daddr`, `ip6 daddr`.
  case destination(IPFamily)
  /// `meta l4proto`: the protocol over IP, after any IPv6 extension headers. Precedes every match of a port.
  case proto
  /// `th sport`: the first two bytes of the transport header.
  case sourcePort
  /// `th dport`: the third and the fourth byte of the transport header.
  case destinationPort
  /// `meta skuid`: the user that owns the packet's socket.
  case user
  /// `meta skgid`: the group that owns the packet's socket.
  case group

  /// Number of bits of the field.
  public var bits: Int {
    switch self {
    case .source(let family), .destination(let family): family.addressBits
    case .proto: 8
    case .sourcePort, .destinationPort: 16
    case .user, .group: 32
    }
  }

  /// The greatest number that the field can have.
  public var greatest: UInt128 { UInt128(greatestOfBits: bits) }

  package var rank: Int {
    switch self {
    case .source: 3
    case .destination: 4
    case .proto: 5
    case .sourcePort: 6
    case .destinationPort: 7
    case .user: 8
    case .group: 9
    }
  }

  /// The only family whose packets have the field; nil if packets of both do.
  var family: IPFamily? {
    switch self {
    case .source(let family), .destination(let family): family
    case .proto, .sourcePort, .destinationPort, .user, .group: nil
    }
  }

  /// True for the owner of the packet's socket, which a packet without a socket does not have.
  var isOwner: Bool {
    switch self {
    case .user, .group: true
    case .source, .destination, .proto, .sourcePort, .destinationPort: false
    }
  }

  /// True for a port of the transport header.
  var isPort: Bool { self == .sourcePort || self == .destinationPort }
}
