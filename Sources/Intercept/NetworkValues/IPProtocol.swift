/// A protocol over IP, by its number (`IPPROTO_*`).
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// 0, which `-p all` stands for: no protocol in particular.
  public static let any = IPProtocol(rawValue: 0)
  public static let icmp = IPProtocol(rawValue: 1)
  public static let tcp = IPProtocol(rawValue: 6)
  public static let udp = IPProtocol(rawValue: 17)
  public static let dccp = IPProtocol(rawValue: 33)
  public static let icmpv6 = IPProtocol(rawValue: 58)
  public static let sctp = IPProtocol(rawValue: 132)
  public static let udplite = IPProtocol(rawValue: 136)
}

extension IPProtocol: CustomStringConvertible {
  /// The name `iptables-save` prints, or the number where it knows none.
  public var description: String { Self.names[rawValue] ?? String(rawValue) }

  /// The protocols iptables knows without a look into /etc/protocols; dccp and ipcomp since 1.8.10.
  package static let names: [UInt8: String] = [
    1: "icmp", 6: "tcp", 17: "udp", 33: "dccp", 50: "esp", 51: "ah", 58: "ipv6-icmp", 108: "ipcomp",
    132: "sctp", 135: "mobility-header", 136: "udplite",
  ]
}
