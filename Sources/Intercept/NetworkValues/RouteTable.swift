/// The number of a routing table (`RTA_TABLE`).
public struct RouteTable: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  public init(integerLiteral value: UInt32) {
    self.init(rawValue: value)
  }
}

extension RouteTable: CustomStringConvertible {
  public var description: String { String(rawValue) }
}

/// Types of an address's route, as a set.
///
/// The corresponding C constants are `RTN_*`.
public struct AddressType: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16

  /// Makes a set of the twelve types that iptables names; other bits are dropped.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue & 0xfff
  }

  /// An address of this host.
  public static let local = AddressType(rawValue: 1 << 2)
}

extension AddressType: CustomStringConvertible {
  /// The types by name, in the order of the kernel's enumeration.
  package static let names: [(value: AddressType, name: String)] = [
    "UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT",
    "THROW", "NAT", "XRESOLVE",
  ].enumerated().map { (AddressType(rawValue: 1 << $0.offset), $0.element) }

  public var description: String {
    Self.names.filter { contains($0.value) }.map(\.name).joined(separator: ",")
  }
}
