public import NetworkValues

/// The configuration of interception: everything the rules depend on, in validated values.
public struct Configuration: Hashable, Sendable {
  /// The release of Istio whose rules are built (`--istio-release`).
  public var release = IstioRelease.newest
  /// True if rules for IPv6 are built in addition to those for IPv4 (`--ip-family`).
  public var includesIPv6 = false

  /// The proxy's outbound listener (`--envoy-port`).
  public var proxyPort = Port.envoyOutbound
  /// The proxy's inbound listener (`--inbound-capture-port`).
  public var inboundCapturePort = Port.envoyInbound
  /// The port of the HBONE tunnel, which is never redirected (`--inbound-tunnel-port`).
  public var inboundTunnelPort = Port.hboneTunnel
  /// The proxy's users (`--proxy-uid`).
  public var proxyUsers: [UserID] = [.defaultProxy]
  /// The proxy's groups (`--proxy-gid`).
  public var proxyGroups: [GroupID] = [.defaultProxy]

  /// The mode of inbound interception (`--istio-inbound-interception-mode`).
  public var interception = InterceptionMode.redirect
  /// Captured inbound ports (`--istio-inbound-ports`, `--istio-local-exclude-ports`).
  public var inboundPorts = InboundPorts.none

  /// Captured destinations (`--istio-service-cidr`).
  public var outboundCIDRs = OutboundCIDRs.only([])
  /// Excluded destinations (`--istio-service-exclude-cidr`).
  public var excludedOutboundCIDRs: [CIDR] = []
  /// Ports captured at every destination (`--istio-outbound-ports`).
  public var outboundPorts: [PortRange] = []
  /// Excluded outbound ports (`--istio-local-outbound-ports-exclude`).
  public var excludedOutboundPorts: [PortRange] = []
  /// Groups whose outbound connections are captured (`ISTIO_OUTBOUND_OWNER_GROUPS`, `ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE`).
  public var ownerGroups = OwnerGroups.all(except: [])
  /// The IPv4 block that counts as the app itself (`ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR`).
  public var loopbackCIDR = CIDR(host: .localhost(.ipv4))

  /// Interfaces that are excluded in both directions (`--istio-exclude-interfaces`).
  public var excludedInterfaces: [InterfacePattern] = []
  /// Interfaces whose inbound traffic is treated as outbound (`--kube-virt-interfaces`).
  public var virtualInterfaces: [InterfacePattern] = []

  /// Captured DNS queries (`--redirect-dns`, `--capture-all-dns`, `--dns-servers`).
  public var dns = DNSCapture.none
  /// True if packets in conntrack state INVALID are dropped (`--drop-invalid`).
  public var dropsInvalid = false

  /// Istio's defaults.
  public init() {}

  /// The families whose rules are built.
  public var families: [IPFamily] { includesIPv6 ? [.ipv4, .ipv6] : [.ipv4] }

  /// Marks that a policy rule routes to lo: the mark of intercepted packets in TPROXY mode.
  public var loopbackMarks: [MaskedMark] { interception.marks.map { MaskedMark($0) } }
}

/// The mode of inbound interception.
public enum InterceptionMode: Hashable, Sendable {
  /// NAT (REDIRECT). The proxy does not see the client's address.
  case redirect
  /// TPROXY. The proxy sees the client's address. Packets get `mark`, and a policy rule for the mark selects `table`.
  case tproxy(mark: Mark, table: RouteTable)
}

/// The captured inbound ports.
public enum InboundPorts: Hashable, Sendable {
  case none
  /// The listed ports. Istio reads a single comma as an empty list, for which the chains exist and capture nothing.
  case only([PortRange])
  /// Every port except the listed ones.
  case all(except: [PortRange])

  /// True if there are no inbound rules.
  public var isNone: Bool { self == .none }

  /// True if the rules capture connections to a port.
  public func captures(_ port: Port) -> Bool {
    switch self {
    case .none: false
    case .only(let ports): ports.contains { $0.contains(port) }
    case .all(let excluded): !excluded.contains { $0.contains(port) }
    }
  }

  /// Ports of many apps, of which a captured one is an example.
  public static let examples: [Port] = [8080, 80, 8443, 443, 9090, 3000, 5000]
}

/// The captured destinations.
public enum OutboundCIDRs: Hashable, Sendable {
  /// The listed blocks; an empty list captures nothing.
  case only([WrittenCIDR])
  case all

  /// True if a block is written with a loopback address, as in 127.0.0.1/8 or ::1/128. Istio captures the app's calls to
  /// itself then. It compares the written address, not the block.
  public var namesLoopback: Bool {
    switch self {
    case .only(let blocks): blocks.contains(where: \.address.isLoopback)
    case .all: false
    }
  }
}

/// The groups whose connections are captured.
public enum OwnerGroups: Hashable, Sendable {
  /// The listed groups; an empty list captures nothing.
  case only([GroupID])
  /// Every group except the listed ones.
  case all(except: [GroupID])
}

/// The DNS queries that are redirected to the proxy's resolver.
public enum DNSCapture: Hashable, Sendable {
  case none
  /// Queries to the listed servers, which are those in resolv.conf by default.
  case servers([IPAddress])
  /// Queries to any server.
  case all
}

extension Configuration {
  /// The proxy's ports to which the rules redirect connections.
  public var redirectionPorts: [Port] {
    let capturesOutbound = outboundCIDRs != .only([]) || !outboundPorts.isEmpty
    return (capturesOutbound ? [proxyPort] : []) + (inboundPorts.isNone ? [] : [inboundCapturePort])
  }
}

extension InterceptionMode {
  /// The marks of packets that are delivered to the proxy.
  public var marks: Set<Mark> {
    switch self {
    case .redirect: []
    case .tproxy(let mark, _): [mark]
    }
  }
}
