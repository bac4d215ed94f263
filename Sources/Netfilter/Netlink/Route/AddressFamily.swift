import CNetfilter

/// IPv4 or IPv6, for rtnetlink (AF_INET, AF_INET6).
package enum AddressFamily: Hashable, Sendable, CaseIterable {
  case ipv4
  case ipv6
}

extension AddressFamily {
  /// Nil for a family that is neither, such as the multicast routers' (RTNL_FAMILY_IPMR).
  init?(_ number: UInt8) {
    switch Int32(number) {
    case AF_INET: self = .ipv4
    case AF_INET6: self = .ipv6
    default: return nil
    }
  }

  var number: UInt8 {
    switch self {
    case .ipv4: UInt8(AF_INET)
    case .ipv6: UInt8(AF_INET6)
    }
  }

  /// As the `ip` command takes it.
  var option: String {
    switch self {
    case .ipv4: "-4"
    case .ipv6: "-6"
    }
  }
}
