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

  public init(
    _ addresses: [IPAddress], byInterface: [InterfaceName: [IPAddress]] = [:],
    networks: [HostContext.Network] = []
  ) {
    self.addresses = addresses
    self.byInterface = byInterface
    self.networks = networks
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
      })
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

/// The network interface of a pod and its addresses.
public struct PodNetwork: Hashable, Sendable {
  /// The interface of the namespace's first address that is neither loopback nor link-local.
  public let interface: InterfaceName
  /// The addresses of that interface, without link-local ones.
  public let addresses: [IPAddress]
  /// The ephemeral ports (`net.ipv4.ip_local_port_range`).
  public let clientPorts: PortRange

  /// Reads the thread's namespace.
  ///
  /// - Parameter interface: the interface to read; nil for the first with an address.
  /// - Returns: nil if there is no address.
  public static func read(_ interface: InterfaceName? = nil) throws(NetlinkError) -> PodNetwork? {
    var connection = try RouteConnection.open()
    let names = Dictionary(
      try connection.interfaces().map { ($0.index, InterfaceName($0.name)) },
      uniquingKeysWith: { first, _ in first })
    let all = try connection.addresses().filter(\.address.countsForFamily)
    let first = all.first { names[$0.interface].flatMap(\.self) == interface || interface == nil }
    guard let first, let name = names[first.interface].flatMap(\.self) else { return nil }
    let addresses = all.filter { $0.interface == first.interface }.map(\.address)
    return PodNetwork(interface: name, addresses: addresses, clientPorts: localPorts)
  }

  private static var localPorts: PortRange {
    let line = ProcessFiles.line("/proc/sys/net/ipv4/ip_local_port_range") ?? ""
    let ports = line.split { $0 == "\t" || $0 == " " }.compactMap { Port(String($0)) }
    return ports.count == 2
      ? PortRange(from: ports[0], to: ports[1]) ?? .ephemeral : .ephemeral
  }
}
