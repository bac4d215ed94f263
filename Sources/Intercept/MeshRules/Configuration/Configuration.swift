public import NetworkValues

/// What the user asked for, in values that exist only if they are valid: everything the rules depend on.
public struct Configuration: Hashable, Sendable {
  /// Whose rules are built (`--istio-release`).
  public var release = IstioRelease.newest
  /// Whether rules for IPv6 are built beside those for IPv4 (`--ip-family`).
  public var includesIPv6 = false

  /// The proxy's outbound listener (`--envoy-port`).
  public var proxyPort = Port.envoyOutbound
  /// The proxy's inbound listener (`--inbound-capture-port`).
  public var inboundCapturePort = Port.envoyInbound
  /// The HBONE tunnel, never redirected (`--inbound-tunnel-port`).
  public var inboundTunnelPort = Port.hboneTunnel
  /// The users the proxy runs as (`--proxy-uid`).
  public var proxyUsers: [UserID] = [.defaultProxy]
  /// The groups the proxy runs as (`--proxy-gid`).
  public var proxyGroups: [GroupID] = [.defaultProxy]

  /// How inbound connections get to the proxy (`--istio-inbound-interception-mode`).
  public var interception = InterceptionMode.redirect
  /// Which inbound ports are captured (`--istio-inbound-ports`, `--istio-local-exclude-ports`).
  public var inboundPorts = InboundPorts.none

  /// Which destinations are captured (`--istio-service-cidr`).
  public var outboundCIDRs = OutboundCIDRs.only([])
  /// Destinations left alone (`--istio-service-exclude-cidr`).
  public var excludedOutboundCIDRs: [CIDR] = []
  /// Ports captured whatever the destination (`--istio-outbound-ports`).
  public var outboundPorts: [PortRange] = []
  /// Outbound ports left alone (`--istio-local-outbound-ports-exclude`).
  public var excludedOutboundPorts: [PortRange] = []
  /// Whose connections are captured (`ISTIO_OUTBOUND_OWNER_GROUPS`, `ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE`).
  public var ownerGroups = OwnerGroups.all(except: [])
  /// The IPv4 block that means the app itself (`ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR`).
  public var loopbackCIDR = CIDR(host: .localhost(.ipv4))

  /// Interfaces of which neither direction is captured (`--istio-exclude-interfaces`).
  public var excludedInterfaces: [InterfacePattern] = []
  /// Interfaces whose inbound traffic is treated as outbound (`--kube-virt-interfaces`).
  public var virtualInterfaces: [InterfacePattern] = []

  /// Which DNS questions are captured (`--redirect-dns`, `--capture-all-dns`, `--dns-servers`).
  public var dns = DNSCapture.none
  /// Whether packets that belong to no connection are dropped (`--drop-invalid`).
  public var dropsInvalid = false

  /// Istio's defaults.
  public init() {}

  /// The families that rules are built for.
  public var families: [IPFamily] { includesIPv6 ? [.ipv4, .ipv6] : [.ipv4] }

  /// Marks that a policy rule routes to lo: in TPROXY mode, the mark of intercepted packets.
  public var loopbackMarks: [MaskedMark] { interception.marks.map { MaskedMark($0) } }
}

extension UserID {
  /// The user the injector gives the proxy: 1337.
  public static let defaultProxy = UserID(known: 1337)
}

extension GroupID {
  /// The group the injector gives the proxy: 1337.
  public static let defaultProxy = GroupID(known: 1337)
}
