public import NetworkValues

extension RulesetBuilder {
  /// The block that means the app itself: configurable for IPv4, ::1 for IPv6.
  var loopback: CIDR {
    let isChosen = family == .ipv4 && traits.readsLoopbackCIDR
    return isChosen ? configuration.loopbackCIDR : CIDR(host: .localhost(family))
  }

  /// The address the proxy connects to the app from: 127.0.0.6 or ::6.
  var passthrough: CIDR {
    switch family {
    case .ipv4: CIDR(host: .ipv4(IPv4Address(127, 0, 0, 6)))
    case .ipv6: CIDR(host: .ipv6(.passthrough))
    }
  }

  /// The blocks of a list that belong to this family.
  func ofFamily(_ blocks: [CIDR]) -> [CIDR] { blocks.filter { $0.family == family } }
}

extension IPv6Address {
  /// ::6, which the proxy connects to the app from; the namespace must have it on `lo`.
  public static let passthrough = IPv6Address(bits: 6)
}
