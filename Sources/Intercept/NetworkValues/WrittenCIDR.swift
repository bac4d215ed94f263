/// A block of addresses as somebody wrote it: 10.1.2.3/8 is the block 10.0.0.0/8 and names 10.1.2.3.
///
/// Rules have the block alone; what Istio makes of a list of blocks may depend on the addresses they were written with.
public struct WrittenCIDR: Hashable, Sendable {
  /// The address before the slash, any of the block's.
  public let address: IPAddress
  public let block: CIDR

  /// The block of `prefixLength` bits around an address; nil if the family has fewer bits than that.
  public init?(_ address: IPAddress, prefixLength: Int) {
    guard let block = CIDR(address, prefixLength: prefixLength) else { return nil }
    self.init(address: address, block: block)
  }

  /// A block written in the usual way, with its first address.
  public init(_ block: CIDR) {
    self.init(address: block.network, block: block)
  }

  private init(address: IPAddress, block: CIDR) {
    (self.address, self.block) = (address, block)
  }
}

extension WrittenCIDR: LosslessStringConvertible {
  /// Reads `address/length`; the length may not be left out.
  public init?(_ description: String) {
    guard let block = CIDR(description),
      let address = description.split(separator: "/").first.flatMap({ IPAddress(String($0)) })
    else { return nil }
    self.init(address: address, block: block)
  }

  public var description: String { "\(address)/\(block.prefixLength)" }
}
