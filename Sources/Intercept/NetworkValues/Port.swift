/// A TCP or UDP port, in host order.
///
/// Zero occurs in packet headers and in rules of other programs; options for a listening port refuse it.
public struct Port: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public static func < (left: Port, right: Port) -> Bool { left.rawValue < right.rawValue }
}

extension Port: ExpressibleByIntegerLiteral, LosslessStringConvertible {
  public init(integerLiteral value: UInt16) {
    self.init(rawValue: value)
  }

  /// Reads a decimal number from 0 to 65535.
  public init?(_ description: String) {
    guard let value = UInt16(decimal: description) else { return nil }
    self.init(rawValue: value)
  }

  public var description: String { String(rawValue) }
}

/// A closed range of ports; a single port is a range of one.
public typealias PortRange = ClosedRange<Port>

extension PortRange {
  public init(_ port: Port) {
    self = port...port
  }

  /// Makes the range of two ports and all between; nil if they are in the wrong order.
  public init?(from first: Port, to last: Port) {
    guard first <= last else { return nil }
    self = first...last
  }

  /// Linux's default range of local ports, `net.ipv4.ip_local_port_range`.
  public static var ephemeral: PortRange { 32768...60999 }

  /// The port of a range of one; nil for longer ranges.
  public var single: Port? { lowerBound == upperBound ? lowerBound : nil }

  /// The range as `iptables-save` prints it: `80` or `8000:8100`.
  public var text: String { single.map(\.description) ?? "\(lowerBound):\(upperBound)" }
}

/// A protocol over IP, by its number.
///
/// The corresponding C constants are `IPPROTO_*`.
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// 0, the number of `-p all`: every protocol.
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
  /// The name `iptables-save` prints, or the number of a protocol without one.
  public var description: String { Self.names[rawValue] ?? String(rawValue) }

  /// The names that iptables has built in, without /etc/protocols; dccp and ipcomp since 1.8.10.
  package static let names: [UInt8: String] = [
    1: "icmp", 6: "tcp", 17: "udp", 33: "dccp", 50: "esp", 51: "ah", 58: "ipv6-icmp", 108: "ipcomp",
    132: "sctp", 135: "mobility-header", 136: "udplite",
  ]
}
