import CNetfilter
import Netlink

/// Loads bytes of the packet into a register, unchanged in network order (`payload`).
package struct PayloadExpression: ExpressionKind {
  package var base: PayloadBase
  /// In bytes from the base.
  package var offset: UInt32
  /// In bytes.
  package var length: UInt32
  package var register: Register

  package init(base: PayloadBase, offset: UInt32, length: UInt32, into register: Register) {
    self.base = base
    self.offset = offset
    self.length = length
    self.register = register
  }
}

/// The header that an offset counts from (`enum nft_payload_bases`).
package struct PayloadBase: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static var network: Self { Self(rawValue: UInt32(NFT_PAYLOAD_NETWORK_HEADER.rawValue)) }
  package static var transport: Self { Self(rawValue: UInt32(NFT_PAYLOAD_TRANSPORT_HEADER.rawValue)) }
}

extension PayloadExpression {
  init?(_ data: AttributeTable) {
    // Without a destination it writes to the packet, which is not modelled.
    guard let register = data[NFTA_PAYLOAD_DREG]?.register,
      let base = data[NFTA_PAYLOAD_BASE]?.big32,
      let offset = data[NFTA_PAYLOAD_OFFSET]?.big32,
      let length = data[NFTA_PAYLOAD_LEN]?.big32
    else { return nil }
    self.init(base: PayloadBase(rawValue: base), offset: offset, length: length, into: register)
  }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    message.put(NFTA_PAYLOAD_DREG, register)
    message.put(NFTA_PAYLOAD_BASE, big32: base.rawValue)
    message.put(NFTA_PAYLOAD_OFFSET, big32: offset)
    message.put(NFTA_PAYLOAD_LEN, big32: length)
  }
}
