/// A block of addresses: a network address and the number of leading bits that count.
///
/// Bits behind the prefix are zero in every value, as in the kernel: 10.1.2.3/8 is 10.0.0.0/8.
public struct CIDR: Hashable, Sendable {
  /// The first address of the block.
  public let network: IPAddress
  /// How many leading bits count: 0…32 for IPv4, 0…128 for IPv6.
  public let prefixLength: Int

  /// Makes the block of `prefixLength` bits around an address; nil if the family has fewer bits than that.
  public init?(_ address: IPAddress, prefixLength: Int) {
    guard (0...address.family.addressBits).contains(prefixLength) else { return nil }
    self.init(masking: address, prefixLength: prefixLength)
  }

  /// Makes the block that holds one address alone: /32 or /128.
  public init(host address: IPAddress) {
    self.init(masking: address, prefixLength: address.family.addressBits)
  }

  private init(masking address: IPAddress, prefixLength: Int) {
    self.prefixLength = prefixLength
    let mask = Self.mask(address.family, prefixLength: prefixLength)
    network = IPAddress(address.family, bits: address.bits & mask)
  }

  /// The bits of an address that a prefix of this length covers.
  package static func mask(_ family: IPFamily, prefixLength: Int) -> UInt128 {
    let all: UInt128 = family == .ipv6 ? .max : UInt128(UInt32.max)
    return all & ~(prefixLength == family.addressBits ? 0 : all >> prefixLength)
  }

  public var family: IPFamily { network.family }

  /// The mask as an address: 255.0.0.0 for /8.
  public var mask: IPAddress {
    IPAddress(family, bits: Self.mask(family, prefixLength: prefixLength))
  }

  /// Whether the block holds this one address alone.
  public var isHost: Bool { prefixLength == family.addressBits }

  /// Whether the block holds every address of its family; `iptables` prints nothing for it.
  public var isEverything: Bool { prefixLength == 0 }

  public func contains(_ address: IPAddress) -> Bool {
    address.family == family && address.bits & mask.bits == network.bits
  }
}

extension CIDR: LosslessStringConvertible {
  /// Reads `address/length`; the length may not be left out.
  public init?(_ description: String) {
    let text = description.utf8.span
    guard let slash = text.indices.first(where: { text[$0] == UInt8(ascii: "/") }),
      let address = IPAddress(text.extracting(first: slash)),
      let length = Int(decimal: text.extracting(droppingFirst: slash + 1))
    else { return nil }
    self.init(address, prefixLength: length)
  }

  public var description: String {
    switch network {
    case .ipv4(let address): address.text(mask: UInt8(prefixLength))
    case .ipv6(let address): "\(address)/\(prefixLength)"
    }
  }
}
