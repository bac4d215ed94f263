public import Intercept
public import Netlink
import RouteNetlink

/// The addresses of a network namespace in the kernel's order.
public struct NamespaceAddresses: Hashable, Sendable {
  public let addresses: [IPAddress]
  /// The addresses of each interface.
  public let byInterface: [InterfaceName: [IPAddress]]
  /// The networks of the interfaces.
  public let networks: [HostContext.Network]
  /// The interface other than lo with the first address that is neither loopback nor link-local; nil if there is none.
  public let podInterface: InterfaceName?

  public init(
    _ addresses: [IPAddress], byInterface: [InterfaceName: [IPAddress]] = [:],
    networks: [HostContext.Network] = [], podInterface: InterfaceName? = nil
  ) {
    self.addresses = addresses
    self.byInterface = byInterface
    self.networks = networks
    self.podInterface = podInterface
  }

  /// Reads the addresses of the thread's namespace over rtnetlink.
  public static func read() throws(NetlinkError) -> NamespaceAddresses {
    var connection = try RouteConnection.open()
    return NamespaceAddresses(try connection.addresses().map(\.address))
  }

  /// Reads the addresses of the thread's namespace, and the interfaces that have them.
  public static func readInterfaces() throws(NetlinkError) -> NamespaceAddresses {
    var connection = try RouteConnection.open()
    let all = try connection.addresses()
    let names = Dictionary(
      try connection.interfaces().map { ($0.index, InterfaceName($0.name)) },
      uniquingKeysWith: { first, _ in first })
    let named = all.compactMap { address in
      names[address.interface].flatMap(\.self).map { ($0, address) }
    }
    return NamespaceAddresses(
      all.map(\.address),
      byInterface: Dictionary(named.map { ($0, [$1.address]) }, uniquingKeysWith: { $0 + $1 }),
      networks: named.compactMap { name, address in
        CIDR(address.address, prefixLength: Int(address.prefixLength)).map { HostContext.Network($0, name) }
      },
      podInterface: named.first { $0 != .loopback && $1.address.countsForFamily }?.0)
  }

  /// The surroundings of the rules, for the simulated path of a packet.
  ///
  /// - Parameter loopbackMarks: the marks that a policy rule routes to lo.
  public func context(loopbackMarks: [MaskedMark]) -> HostContext {
    var context = HostContext(ownAddresses: addresses.filter { !$0.isLoopback }, loopbackMarks: loopbackMarks)
    context.interfaceAddresses = byInterface
    context.networks = networks
    if let podInterface { context.podInterface = podInterface }
    return context
  }

  /// The first IPv6 address of the thread's namespace that is neither loopback nor link-local, and its interface.
  public static func firstIPv6() throws(NetlinkError) -> (address: IPAddress, interface: String)? {
    var connection = try RouteConnection.open()
    let found = try connection.addresses().first { $0.family == .ipv6 && $0.address.countsForFamily }
    guard let found else { return nil }
    let name = try connection.interfaces().first { $0.index == found.interface }?.name
    return (found.address, name ?? "interface \(found.interface.rawValue)")
  }

  /// True if Istio would install rules for IPv6: the first address that is neither loopback nor link-local is
  /// IPv6 or, with dual stack, any of them is.
  public func usesIPv6(dualStack: Bool) -> Bool {
    let counting = addresses.filter(\.countsForFamily)
    return dualStack
      ? counting.contains { $0.family == .ipv6 } : counting.first?.family == .ipv6
  }
}

extension InterfaceAddress {
  /// The address as a value of the rule model.
  var address: IPAddress {
    let bits = UInt128(bigEndianBytes: bytes)
    return IPAddress(family == .ipv4 ? .ipv4 : .ipv6, bits: bits)
  }
}

extension IPAddress {
  /// True if the address determines the families of a namespace for Istio: neither loopback nor link-local.
  var countsForFamily: Bool {
    switch self {
    case .ipv4(let address): !isLoopback && address.bits >> 16 != 0xa9fe && address.bits >> 8 != 0xe00000
    case .ipv6(let address):
      !isLoopback && address.bits >> 118 != 0xfe80 >> 6 && !address.isLinkLocalMulticast
    }
  }
}

extension IPv6Address {
  /// ff02::/16, whatever the flags.
  fileprivate var isLinkLocalMulticast: Bool { bits >> 120 == 0xff && bits >> 112 & 0xf == 2 }
}
