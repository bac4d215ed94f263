public import Intercept

/// The addresses of a network namespace, in the order in which the kernel lists them.
public struct NamespaceAddresses: Hashable, Sendable {
  public let addresses: [IPAddress]

  public init(_ addresses: [IPAddress]) {
    self.addresses = addresses
  }

  /// Reads the addresses of the thread's namespace over rtnetlink.
  public static func read() throws(NetlinkError) -> NamespaceAddresses {
    var connection = try RouteConnection.open()
    return NamespaceAddresses(try connection.addresses().map(\.address))
  }

  /// Whether rules for IPv6 are wanted, by Istio's rule: the first address that is neither loopback nor
  /// link-local decides; or any of them, if one looks past the first.
  public func useIPv6(pastFirst: Bool) -> Bool {
    let counting = addresses.filter(\.countsForFamily)
    return pastFirst
      ? counting.contains { $0.family == .ipv6 } : counting.first?.family == .ipv6
  }
}

extension InterfaceAddress {
  /// The address as a value of the rule model.
  var address: IPAddress {
    let bits = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    return IPAddress(family == .ipv4 ? .ipv4 : .ipv6, bits: bits)
  }
}

extension IPAddress {
  /// Whether Istio looks at the address to find out which families a namespace uses: none of loopback or link-local.
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
