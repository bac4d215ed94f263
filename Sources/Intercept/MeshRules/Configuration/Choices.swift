public import NetworkValues

/// How inbound connections get to the proxy.
public enum InterceptionMode: Hashable, Sendable {
  /// By NAT; the proxy sees the connection coming from itself.
  case redirect
  /// By TPROXY; the proxy sees the client's address. Packets get `mark`, and a policy rule for it leads to `table`.
  case tproxy(mark: Mark, table: RouteTable)
}

/// Which inbound ports are captured.
public enum InboundPorts: Hashable, Sendable {
  case none
  /// These alone. With an empty list, which Istio reads off a lone comma, inbound connections are looked at and none
  /// is captured.
  case only([PortRange])
  /// Every port but these.
  case all(except: [PortRange])

  /// Whether inbound connections are not even looked at.
  public var isNone: Bool { self == .none }
}

/// Which destinations are captured.
public enum OutboundCIDRs: Hashable, Sendable {
  /// These alone; none at all if the list is empty.
  case only([WrittenCIDR])
  case all

  /// Whether one of them is written with an address of the host itself, 127.0.0.1/8 or ::1/128: then Istio captures the
  /// app's calls to itself as well. The address counts and not the block, which may be larger.
  public var namesLoopback: Bool {
    switch self {
    case .only(let blocks): blocks.contains(where: \.address.isLoopback)
    case .all: false
    }
  }
}

/// The groups whose connections are captured.
public enum OwnerGroups: Hashable, Sendable {
  /// These alone; nobody's if the list is empty.
  case only([GroupID])
  /// Everybody's but these.
  case all(except: [GroupID])
}

/// Which DNS questions are sent to the proxy's own resolver.
public enum DNSCapture: Hashable, Sendable {
  case none
  /// Those to the servers the namespace knows.
  case servers([IPAddress])
  /// Those to any server.
  case all
}

extension InterceptionMode {
  /// The marks of packets on their way to the proxy.
  public var marks: Set<Mark> {
    switch self {
    case .redirect: []
    case .tproxy(let mark, _): [mark]
    }
  }
}

extension Mark {
  /// Istio's default for `--istio-inbound-tproxy-mark`: 1337.
  public static let defaultTProxy: Mark = 1337
}
