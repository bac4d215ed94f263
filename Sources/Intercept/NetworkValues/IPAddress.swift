/// An address family of rules; each has its own tables, chains and rules.
public enum IPFamily: String, Hashable, Sendable, CaseIterable {
  /// `NFPROTO_IPV4`, nftables' `ip`.
  case ipv4
  /// `NFPROTO_IPV6`, nftables' `ip6`.
  case ipv6

  /// Length of an address, in bits.
  public var addressBits: Int {
    switch self {
    case .ipv4: 32
    case .ipv6: 128
    }
  }
}

extension IPFamily: CustomStringConvertible {
  /// The family's usual name: `IPv4` or `IPv6`.
  public var description: String {
    switch self {
    case .ipv4: "IPv4"
    case .ipv6: "IPv6"
    }
  }
}

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

  /// The address as a number of `family.addressBits` bits; the first byte on the wire is the highest.
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
  public var bytes: [UInt8] { bits.bigEndianBytes(family.addressBits / 8) }

  /// The family's loopback address: 127.0.0.1 or ::1.
  package static func localhost(_ family: IPFamily) -> IPAddress {
    switch family {
    case .ipv4: .ipv4(IPv4Address(127, 0, 0, 1))
    case .ipv6: .ipv6(IPv6Address(bits: 1))
    }
  }

  /// True for loopback addresses: 127.0.0.0/8 and ::1.
  public var isLoopback: Bool {
    switch self {
    case .ipv4(let address): address.bits >> 24 == 127
    case .ipv6(let address): address.bits == 1
    }
  }
}

extension IPAddress: LosslessStringConvertible {
  /// Reads a numeric address without scope or port; names are not looked up.
  public init?(_ description: String) {
    self.init(description.utf8.span)
  }

  /// Reads a numeric address from bytes.
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
