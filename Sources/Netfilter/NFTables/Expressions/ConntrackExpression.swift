import CNetfilter
import Netlink

/// Loads a property of the packet's connection into a register, or sets it from one (`ct`).
package enum ConntrackExpression: ExpressionKind {
  case load(ConntrackKey, into: Register)
  case store(ConntrackKey, from: Register)
}

/// A property of the connection (`enum nft_ct_keys`). State, mark and zone are in host order in the register.
package struct ConntrackKey: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
  private init(_ key: nft_ct_keys) { rawValue = UInt32(key.rawValue) }

  package static var state: Self { Self(NFT_CT_STATE) }
  package static var mark: Self { Self(NFT_CT_MARK) }
  package static var zone: Self { Self(NFT_CT_ZONE) }
}

extension ConntrackExpression {
  init?(_ data: AttributeTable) {
    // Keys with a direction have one more attribute and are not modelled.
    guard data[NFTA_CT_DIRECTION] == nil, let key = data[NFTA_CT_KEY]?.big32.map(ConntrackKey.init)
    else { return nil }
    switch (data[NFTA_CT_DREG]?.register, data[NFTA_CT_SREG]?.register) {
    case (let register?, nil): self = .load(key, into: register)
    case (nil, let register?): self = .store(key, from: register)
    default: return nil
    }
  }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    switch self {
    case .load(let key, let register):
      message.put(NFTA_CT_KEY, big32: key.rawValue)
      message.put(NFTA_CT_DREG, register)
    case .store(let key, let register):
      message.put(NFTA_CT_KEY, big32: key.rawValue)
      message.put(NFTA_CT_SREG, register)
    }
  }
}
