/// A TCP or UDP port, in host order.
///
/// Zero exists in packet headers and in foreign rules; options that name a port to listen on refuse it.
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

/// Ports from one to another, both included; a single port is a range of one.
public typealias PortRange = ClosedRange<Port>

extension PortRange {
  public init(_ port: Port) {
    self = port...port
  }

  /// Makes the range between two ports; nil if they are in the wrong order.
  public init?(from first: Port, to last: Port) {
    guard first <= last else { return nil }
    self = first...last
  }

  /// Linux's default range of local ports, `net.ipv4.ip_local_port_range`.
  public static var ephemeral: PortRange { 32768...60999 }

  /// The one port of a range of one.
  public var single: Port? { lowerBound == upperBound ? lowerBound : nil }

  /// The range as `iptables` writes it: `80` or `8000:8100`.
  public var text: String { single.map(\.description) ?? "\(lowerBound):\(upperBound)" }
}
