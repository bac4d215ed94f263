import CNetfilter
package import Intercept
import NFTables
import Netlink

/// `-s` and `-d`.
package enum AddressField: Hashable, CaseIterable {
  case source, destination

  /// The offset of the address in the header, in bytes.
  func offset(_ family: IPFamily) -> UInt32 {
    switch (self, family) {
    case (.source, .ipv4): UInt32(CNETFILTER_IPV4_SOURCE)
    case (.destination, .ipv4): UInt32(CNETFILTER_IPV4_DESTINATION)
    case (.source, .ipv6): UInt32(CNETFILTER_IPV6_SOURCE)
    case (.destination, .ipv6): UInt32(CNETFILTER_IPV6_DESTINATION)
    }
  }
}

extension FieldComparison {
  /// The comparison of an address; nil for a block of every address, which iptables-nft omits.
  ///
  /// With a prefix of whole bytes only those bytes are loaded.
  package static func address(
    _ field: AddressField, _ block: Condition<CIDR>, _ family: IPFamily
  ) throws(PartEncodingError) -> FieldComparison? {
    guard block.value.family == family else {
      throw PartEncodingError("\(block.value)", "is no \(family) block")
    }
    let prefix = block.value.prefixLength
    guard prefix > 0 else {
      if block.isNegated { throw PartEncodingError("! \(block.value)", "matches no packet at all") }
      return nil
    }
    let isWholeBytes = prefix.isMultiple(of: 8)
    let length = isWholeBytes ? prefix / 8 : family.addressBits / 8
    return FieldComparison(
      .payload(.network, offset: field.offset(family), length: UInt32(length)),
      mask: isWholeBytes ? nil : block.value.mask.bytes,
      .equal(block.map { Array($0.network.bytes.prefix(length)) }))
  }

  /// The compared address and its block; nil for any other comparison.
  func address(_ family: IPFamily) -> (field: AddressField, block: Condition<CIDR>)? {
    guard case .payload(.network, let offset, let length) = field,
      let field = AddressField.allCases.first(where: { $0.offset(family) == offset }),
      let value = comparison?.equality, value.value.count == length,
      let prefix = prefixLength(ofBytes: Int(length)), (1...family.addressBits).contains(prefix)
    else { return nil }
    let bits = UInt128(bigEndianBytes: value.value)
    let address = IPAddress(family, bits: bits << (family.addressBits - 8 * Int(length)))
    // Bits outside the mask can never be equal: no block represents that.
    guard let block = CIDR(address, prefixLength: prefix), block.network == address else { return nil }
    return (field, value.map { _ in block })
  }

  /// `-d 10.0.0.0/255.0.255.0`, an address with a mask that is no prefix; nil for any other comparison.
  func holedAddress(_ family: IPFamily) -> OpaqueMatch? {
    guard case .payload(.network, let offset, let length) = field,
      let field = AddressField.allCases.first(where: { $0.offset(family) == offset }),
      let mask, Int(length) == family.addressBits / 8, mask.count == Int(length),
      let value = comparison?.equality, value.value.count == mask.count
    else { return nil }
    let words = [value.value, mask].map { "\(IPAddress(family, bits: UInt128(bigEndianBytes: $0)))" }
    let option = field == .source ? "-s" : "-d"
    return OpaqueMatch("\(value.isNegated ? "! " : "")\(option) \(words[0])/\(words[1])")
  }

  /// Number of leading significant bits; nil if the mask is no prefix.
  private func prefixLength(ofBytes length: Int) -> Int? {
    guard let mask else { return 8 * length }
    guard mask.count == length else { return nil }
    let bits = UInt128(bigEndianBytes: mask) << (128 - 8 * length)
    let prefix = (~bits).leadingZeroBitCount
    return bits << prefix == 0 ? prefix : nil
  }
}
