public import NetworkValues

/// Addresses and policy routes of a namespace, which the rules alone do not show.
public struct HostContext: Hashable, Sendable {
  /// The namespace's own addresses, except loopback addresses.
  public var ownAddresses: [IPAddress]
  /// The addresses of each interface in the kernel's order, if they are known.
  public var interfaceAddresses: [InterfaceName: [IPAddress]] = [:]
  /// The networks of the interfaces, if they are known.
  public var networks: [Network] = []
  /// The interface of connections with other hosts whose network is not known.
  public var podInterface: InterfaceName = .eth0
  /// Marks that a policy rule routes to lo (`ip rule add fwmark … lookup …`, `ip route add local …`).
  public var loopbackMarks: [MaskedMark]
  /// The kernel's answers to lookups of routes, by the destination, if it was asked.
  public var routes: [IPAddress: RouteAnswer] = [:]
  /// True if every inbound packet is assumed to be for this host. False if `ownAddresses` is known to be
  /// complete.
  public var acceptsAllInbound: Bool

  public init(
    ownAddresses: [IPAddress] = [], loopbackMarks: [MaskedMark] = [], acceptsAllInbound: Bool = true
  ) {
    self.ownAddresses = ownAddresses
    self.loopbackMarks = loopbackMarks
    self.acceptsAllInbound = acceptsAllInbound
  }

  /// The network of an interface: its hosts are reached directly.
  public struct Network: Hashable, Sendable {
    public let block: CIDR
    public let interface: InterfaceName

    public init(_ block: CIDR, _ interface: InterfaceName) {
      (self.block, self.interface) = (block, interface)
    }
  }

  /// The interface whose network has the address, the smallest network of several; nil if none has it. Other hosts
  /// are not on lo, whatever its addresses.
  func interface(to address: IPAddress) -> InterfaceName? {
    networks.filter { $0.interface != .loopback && $0.block.contains(address) }
      .max { $0.block.prefixLength < $1.block.prefixLength }?.interface
  }

  /// True if packets to the address are delivered on this host, whatever their mark. Every address of an IPv4 network
  /// of lo is local (`fib_add_ifaddr`).
  func isOwn(_ address: IPAddress) -> Bool {
    address.isLoopback || ownAddresses.contains(address) || routes[address] == .local
      || address.family == .ipv4
        && networks.contains { $0.interface == .loopback && $0.block.contains(address) }
  }

  /// The address at which other hosts reach this one: the first global one of the pod's interface, else of any; nil
  /// without one.
  public func podAddress(_ family: IPFamily) -> IPAddress? {
    let candidates = (interfaceAddresses[podInterface] ?? []) + ownAddresses
    return candidates.first { $0.family == family && $0.isGlobal }
  }

  /// The first address of an interface, which REDIRECT and MASQUERADE use; nil if it is not known.
  func address(of interface: InterfaceName, _ family: IPFamily) -> IPAddress? {
    interfaceAddresses[interface]?.first { $0.family == family }
  }

  /// The interface through which an address is reached: that of the kernel's route or of its network, else the pod's.
  func route(to address: IPAddress) -> InterfaceName {
    routes[address]?.interface ?? interface(to: address) ?? podInterface
  }

  /// The missing route to an address; nil with a route, and if the kernel was not asked.
  func missingRoute(to address: IPAddress) -> MissingRoute? {
    if case .refused(let failure)? = routes[address] {
      MissingRoute(destination: address, failure: failure)
    } else {
      nil
    }
  }

  /// The interface of a flow: lo for packets of the host to itself, else that of the network.
  func interface(of flow: Flow) -> InterfaceName {
    if let interface = flow.interface { return interface }
    switch flow.direction {
    case .inbound:
      return flow.destination.address.isLoopback ? .loopback : route(to: flow.destination.address)
    case .forwarded: return flow.source.map(route) ?? podInterface
    case .outbound:
      let destination = flow.destination.address
      let isToSelf = isOwn(destination) || destination == flow.source || leadsToLoopback(flow.mark)
      return isToSelf ? .loopback : route(to: destination)
    }
  }

  /// True if the policy rule matches the mark.
  func leadsToLoopback(_ mark: Mark) -> Bool { loopbackMarks.contains { $0.matches(mark) } }
}

extension IPAddress {
  /// True for an address that other hosts can reach: neither loopback, nor link-local, nor the proxy's ::6.
  public var isGlobal: Bool {
    switch self {
    case .ipv4(let address): !isLoopback && address.bits >> 16 != 0xa9fe && address.bits != 0
    case .ipv6(let address): address.bits >> 16 != 0 && address.bits >> 118 != 0xfe80 >> 6
    }
  }
}
