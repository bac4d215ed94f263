/// A protocol over IP, by its number (`IPPROTO_*`).
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public static let icmp = IPProtocol(rawValue: 1)
  public static let tcp = IPProtocol(rawValue: 6)
  public static let udp = IPProtocol(rawValue: 17)
  public static let icmpv6 = IPProtocol(rawValue: 58)
}

extension IPProtocol: CustomStringConvertible {
  /// The name `iptables-save` prints, or the number where it knows none.
  public var description: String { Self.names[rawValue] ?? String(rawValue) }

  /// The protocols iptables knows without a look into /etc/protocols.
  static let names: [UInt8: String] = [
    1: "icmp", 6: "tcp", 17: "udp", 50: "esp", 51: "ah", 58: "ipv6-icmp", 132: "sctp", 135: "mobility-header",
    136: "udplite",
  ]
}
