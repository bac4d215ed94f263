import CNetfilter
import Netlink

/// A register, through which expressions pass values (`enum nft_registers`).
package struct Register: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The register for verdicts.
  package static var verdict: Self { Self(rawValue: UInt32(NFT_REG_VERDICT.rawValue)) }
  /// The four registers of 16 bytes.
  package static var r1: Self { Self(rawValue: UInt32(NFT_REG_1.rawValue)) }
  package static var r2: Self { Self(rawValue: UInt32(NFT_REG_2.rawValue)) }
  package static var r3: Self { Self(rawValue: UInt32(NFT_REG_3.rawValue)) }
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

extension MessageBuilder {
  mutating func put(_ type: some RawRepresentable<UInt32>, _ register: Register) {
    put(type, big32: register.rawValue)
  }

  /// Writes a value of a register, in a nest with NFTA_DATA_VALUE.
  ///
  /// - Throws: ``NetlinkFailure/inexpressible(_:)`` if the value is empty or larger than a register.
  mutating func put(
    _ type: some RawRepresentable<UInt32>, value: ArraySlice<UInt8>
  ) throws(NetlinkFailure) {
    guard (1...Int(NFT_DATA_VALUE_MAXLEN)).contains(value.count) else {
      throw .inexpressible("a value of \(value.count) bytes does not fit a register")
    }
    let data = beginNest(type)
    put(NFTA_DATA_VALUE, bytes: value)
    try endNest(data)
  }

  /// Writes a verdict, in a nest with NFTA_DATA_VERDICT.
  mutating func put(
    _ type: some RawRepresentable<UInt32>, verdict: VerdictCode
  ) throws(NetlinkFailure) {
    let data = beginNest(type)
    let content = beginNest(NFTA_DATA_VERDICT)
    put(NFTA_VERDICT_CODE, big32: verdict.code)
    if let chain = verdict.chain { try put(NFTA_VERDICT_CHAIN, name: chain) }
    try endNest(content)
    try endNest(data)
  }
}
