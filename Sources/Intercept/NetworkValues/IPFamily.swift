/// The two address families a rule set exists for; each has tables, chains and rules of its own.
public enum IPFamily: String, Hashable, Sendable, CaseIterable {
  /// `NFPROTO_IPV4`, nftables' `ip`.
  case ipv4
  /// `NFPROTO_IPV6`, nftables' `ip6`.
  case ipv6

  /// The length of an address, in bits.
  public var addressBits: Int {
    switch self {
    case .ipv4: 32
    case .ipv6: 128
    }
  }
}

extension IPFamily: CustomStringConvertible {
  /// The name people write: `IPv4` or `IPv6`.
  public var description: String {
    switch self {
    case .ipv4: "IPv4"
    case .ipv6: "IPv6"
    }
  }
}
