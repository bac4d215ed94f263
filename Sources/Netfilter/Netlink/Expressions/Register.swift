import CNetfilter

/// Where one expression leaves a value for the next (`enum nft_registers`).
package struct Register: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Holds verdicts, not values.
  package static var verdict: Self { Self(rawValue: UInt32(NFT_REG_VERDICT.rawValue)) }
  /// The four registers of 16 bytes.
  package static var r1: Self { Self(rawValue: UInt32(NFT_REG_1.rawValue)) }
  package static var r2: Self { Self(rawValue: UInt32(NFT_REG_2.rawValue)) }
  package static var r3: Self { Self(rawValue: UInt32(NFT_REG_3.rawValue)) }
  package static var r4: Self { Self(rawValue: UInt32(NFT_REG_4.rawValue)) }
}

extension NetlinkAttribute {
  var register: Register? { big32.map(Register.init) }

  /// A value in a nest of NFTA_DATA_VALUE.
  func value() throws(NetlinkFailure) -> ArraySlice<UInt8>? {
    var value: ArraySlice<UInt8>?
    var attributes = AttributeReader(payload)
    while let attribute = try attributes.next() {
      if attribute.type == NFTA_DATA_VALUE.rawValue { value = attribute.payload }
    }
    return value
  }
}
