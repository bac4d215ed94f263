/// A block of addresses: a network address and the length of its prefix.
///
/// Bits after the prefix are zero in every value, as in the kernel: 10.1.2.3/8 is 10.0.0.0/8.
public struct CIDR: Hashable, Sendable {
  /// The first address of the block.
  public let network: IPAddress
  /// Number of leading bits that are compared: 0…32 for IPv4, 0…128 for IPv6.
  public let prefixLength: Int

  /// Makes the block of `prefixLength` bits around an address; nil if the family's addresses are shorter.
  public init?(_ address: IPAddress, prefixLength: Int) {
    guard (0...address.family.addressBits).contains(prefixLength) else { return nil }
    self.init(masking: address, prefixLength: prefixLength)
  }

  /// Makes the block of one address: /32 or /128.
  public init(host address: IPAddress) {
    self.init(masking: address, prefixLength: address.family.addressBits)
  }

  private init(masking address: IPAddress, prefixLength: Int) {
    self.prefixLength = prefixLength
    let mask = Self.mask(address.family, prefixLength: prefixLength)
    network = IPAddress(address.family, bits: address.bits & mask)
  }

  /// The netmask of a prefix length, as a number.
  package static func mask(_ family: IPFamily, prefixLength: Int) -> UInt128 {
    let all: UInt128 = family == .ipv6 ? .max : UInt128(UInt32.max)
    return all & ~(prefixLength == family.addressBits ? 0 : all >> prefixLength)
  }

  public var family: IPFamily { network.family }

  /// The netmask as an address: 255.0.0.0 for /8.
  public var mask: IPAddress {
    IPAddress(family, bits: Self.mask(family, prefixLength: prefixLength))
  }

  /// True if the block contains one address only.
  public var isHost: Bool { prefixLength == family.addressBits }

  /// True if the block contains every address of its family; `iptables-save` prints nothing for it.
  public var isEverything: Bool { prefixLength == 0 }

  public func contains(_ address: IPAddress) -> Bool {
    address.family == family && address.bits & mask.bits == network.bits
  }
}

extension CIDR: LosslessStringConvertible {
  /// Reads `address/length`; the length is required.
  public init?(_ description: String) {
    let text = description.utf8.span
    guard let slash = text.indices.first(where: { text[$0] == .slash }),
      let address = IPAddress(text.extracting(first: slash)),
      let length = Int(decimal: text.extracting(droppingFirst: slash + 1))
    else { return nil }
    self.init(address, prefixLength: length)
  }

  public var description: String {
    switch network {
    case .ipv4(let address): address.text(prefixLength: UInt8(prefixLength))
    case .ipv6(let address): "\(address)/\(prefixLength)"
    }
  }
}

/// A block of addresses with the address it was written with: 10.1.2.3/8 is the block 10.0.0.0/8 and keeps 10.1.2.3.
///
/// Rules contain the block only. Istio also reads the written address, for example to recognise loopback addresses in
/// a list of blocks.
public struct WrittenCIDR: Hashable, Sendable {
  /// The address before the slash.
  public let address: IPAddress
  public let block: CIDR

  /// Makes the block of `prefixLength` bits around an address; nil if the family's addresses are shorter.
  public init?(_ address: IPAddress, prefixLength: Int) {
    guard let block = CIDR(address, prefixLength: prefixLength) else { return nil }
    self.init(address: address, block: block)
  }

  /// Makes a block that is written with its first address.
  public init(_ block: CIDR) {
    self.init(address: block.network, block: block)
  }

  private init(address: IPAddress, block: CIDR) {
    (self.address, self.block) = (address, block)
  }
}

extension WrittenCIDR: LosslessStringConvertible {
  /// Reads `address/length`; the length is required.
  public init?(_ description: String) {
    guard let block = CIDR(description),
      let address = description.split(separator: "/").first.flatMap({ IPAddress(String($0)) })
    else { return nil }
    self.init(address: address, block: block)
  }

  public var description: String { "\(address)/\(block.prefixLength)" }
}
