/// An IPv4 or IPv6 address.
public enum IPAddress: Hashable, Sendable {
  case ipv4(IPv4Address)
  case ipv6(IPv6Address)

  public var family: IPFamily {
    switch self {
    case .ipv4: .ipv4
    case .ipv6: .ipv6
    }
  }

  /// The address as a number, the first bit sent being the highest of `family.addressBits`.
  public var bits: UInt128 {
    switch self {
    case .ipv4(let address): UInt128(address.bits)
    case .ipv6(let address): address.bits
    }
  }

  /// Makes an address of `family` from the low bits of a number.
  public init(_ family: IPFamily, bits: UInt128) {
    switch family {
    case .ipv4: self = .ipv4(IPv4Address(bits: UInt32(truncatingIfNeeded: bits)))
    case .ipv6: self = .ipv6(IPv6Address(bits: bits))
    }
  }

  /// The address in network byte order: 4 or 16 bytes.
  public var bytes: [UInt8] {
    stride(from: family.addressBits - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> $0) }
  }

  /// The host's own address in its own network: 127.0.0.1 or ::1.
  package static func localhost(_ family: IPFamily) -> IPAddress {
    switch family {
    case .ipv4: .ipv4(IPv4Address(127, 0, 0, 1))
    case .ipv6: .ipv6(IPv6Address(bits: 1))
    }
  }

  /// Whether the address is one of the host's own: 127.0.0.0/8 or ::1.
  public var isLoopback: Bool {
    switch self {
    case .ipv4(let address): address.bits >> 24 == 127
    case .ipv6(let address): address.bits == 1
    }
  }
}

extension IPAddress: LosslessStringConvertible {
  /// Reads a numeric address; no names, no scope, no port.
  public init?(_ description: String) {
    self.init(description.utf8.span)
  }

  /// Reads the same from bytes.
  init?(_ text: Span<UInt8>) {
    if let address = IPv4Address(text) {
      self = .ipv4(address)
    } else if let address = IPv6Address(text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
    {
      self = .ipv6(address)
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .ipv4(let address): address.description
    case .ipv6(let address): address.description
    }
  }
}
