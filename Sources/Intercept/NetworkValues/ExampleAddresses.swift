extension IPAddress {
  /// An address of a block for documentation (RFC 5737, RFC 3849), for a pod without an address.
  public static func examplePod(_ family: IPFamily) -> IPAddress {
    example(family, "192.0.2.7", "2001:db8::7")
  }

  /// The address of another host that connects to a pod.
  public static func exampleClient(_ family: IPFamily) -> IPAddress {
    example(family, "198.51.100.10", "2001:db8::c")
  }

  /// The address of another host that a pod connects to.
  public static func exampleServer(_ family: IPFamily) -> IPAddress {
    example(family, "203.0.113.10", "2001:db8::10")
  }

  private static func example(_ family: IPFamily, _ ipv4: String, _ ipv6: String) -> IPAddress {
    IPAddress(family == .ipv4 ? ipv4 : ipv6) ?? .localhost(family)
  }
}
