public import NetworkValues

/// A field of a packet, its socket or its connection that a rule compares; every field is a number.
public enum NftKey: Hashable, Sendable {
  /// `ip saddr`, `ip6 saddr`.
  case source(IPFamily)
  /// `ip daddr`, `ip6 daddr`.
  case destination(IPFamily)
  /// `meta l4proto`.
  case proto
  /// `ip protocol`, `ip6 nexthdr`: packets of the other family have no such field.
  case headerProtocol(IPFamily)
  /// `tcp sport`; nil for the port of any protocol (`th sport`).
  case sourcePort(IPProtocol?)
  /// `tcp dport`; nil for the port of any protocol (`th dport`).
  case destinationPort(IPProtocol?)
  /// `tcp flags`.
  case tcpFlags
  /// `meta nfproto`: 2 for IPv4, 10 for IPv6.
  case family
  /// `iifname`, `iif`: the name in sixteen bytes.
  case inInterface
  /// `oifname`, `oif`: the name in sixteen bytes.
  case outInterface
  /// `meta mark`.
  case mark
  /// `ct mark`.
  case connectionMark
  /// `ct state`.
  case state
  /// `ct direction`: 0 for the original one, 1 for replies.
  case direction
  /// `ct status`.
  case status
  /// `meta skuid`.
  case user
  /// `meta skgid`.
  case group
  /// `fib daddr type`: the type of the destination's route.
  case destinationType
  /// `fib saddr type`: the type of the source's route.
  case sourceType
  /// `ct original ip saddr`: the connection's destination before NAT, or its port.
  case originalDestination
  /// `ct original proto-dst`.
  case originalDestinationPort
  /// A field that is not modelled, as text, with the kind of its values.
  case opaque(String, NftValueKind)

  /// The kind of the field's values.
  public var kind: NftValueKind {
    switch self {
    case .source(let family), .destination(let family): .address(family)
    case .proto, .headerProtocol: .proto
    case .sourcePort, .destinationPort, .originalDestinationPort: .port
    case .tcpFlags: .tcpFlags
    case .family: .family
    case .inInterface, .outInterface: .interface
    case .mark, .connectionMark: .mark
    case .user, .group: .number
    case .state: .state
    case .direction: .direction
    case .status: .status
    case .destinationType, .sourceType: .routeType
    case .originalDestination: .anyAddress
    case .opaque(_, let kind): kind
    }
  }
}

/// The kind of a field's values: the way they are written, and the number of a name.
public enum NftValueKind: Hashable, Sendable {
  case address(IPFamily)
  /// An address of either family.
  case anyAddress
  case port, proto, family, interface, number, mark, state, direction, status, routeType, tcpFlags
  /// The index of an interface in the kernel, which `nft` prints as the interface's name.
  case interfaceIndex
  /// A kind whose values are not modelled.
  case other

  /// Number of bits of a value.
  public var bits: Int {
    switch self {
    case .address(let family): family.addressBits
    case .anyAddress, .interface: 128
    case .port: 16
    case .proto, .family, .direction, .tcpFlags: 8
    case .number, .mark, .state, .status, .routeType, .interfaceIndex, .other: 32
    }
  }

  /// True if a plain value means that any of its bits is set: `ct state new`, `tcp flags syn`.
  public var isBitmask: Bool {
    switch self {
    case .state, .status, .tcpFlags: true
    case .address, .anyAddress, .port, .proto, .family, .interface, .number, .mark, .direction, .routeType,
      .interfaceIndex, .other:
      false
    }
  }

  /// The kind of a set's key or data by the name of its type; `.other` for types that are not modelled.
  public init(type name: String) {
    self = Self.types[name] ?? .other
  }

  private static let types: [String: NftValueKind] = [
    "ipv4_addr": .address(.ipv4), "ipv6_addr": .address(.ipv6), "inet_service": .port, "inet_proto": .proto,
    "nf_proto": .family, "ifname": .interface, "iface_index": .interface, "mark": .mark, "uid": .number,
    "gid": .number, "ct_state": .state, "ct_dir": .direction, "ct_status": .status,
    "fib_addrtype": .routeType,
    "tcp_flag": .tcpFlags, "integer": .number,
  ]
}
