import CNetfilter
import Netlink

/// Loads a property of the packet into a register, or sets it from one (`meta`).
package enum MetaExpression: ExpressionKind {
  case load(MetaKey, into: Register)
  case store(MetaKey, from: Register)
}

/// A property of the packet (`enum nft_meta_keys`). Marks, uids and gids are in host order in the register.
package struct MetaKey: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
  private init(_ key: nft_meta_keys) { rawValue = UInt32(key.rawValue) }

  package static var mark: Self { Self(NFT_META_MARK) }
  /// A traffic class (`skb->priority`).
  package static var priority: Self { Self(NFT_META_PRIORITY) }
  /// The index of an interface.
  package static var inputInterface: Self { Self(NFT_META_IIF) }
  package static var outputInterface: Self { Self(NFT_META_OIF) }
  package static var inputInterfaceName: Self { Self(NFT_META_IIFNAME) }
  package static var outputInterfaceName: Self { Self(NFT_META_OIFNAME) }
  package static var socketUID: Self { Self(NFT_META_SKUID) }
  package static var socketGID: Self { Self(NFT_META_SKGID) }
  package static var networkProtocol: Self { Self(NFT_META_NFPROTO) }
  package static var transportProtocol: Self { Self(NFT_META_L4PROTO) }
  /// One byte; if not zero, the kernel sends trace events for the packet (`meta nftrace`).
  package static var trace: Self { Self(NFT_META_NFTRACE) }
}

extension MetaExpression {
  init?(_ data: AttributeTable) {
    guard let key = data[NFTA_META_KEY]?.big32.map(MetaKey.init) else { return nil }
    switch (data[NFTA_META_DREG]?.register, data[NFTA_META_SREG]?.register) {
    case (let register?, nil): self = .load(key, into: register)
    case (nil, let register?): self = .store(key, from: register)
    default: return nil
    }
  }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    switch self {
    case .load(let key, let register):
      message.put(NFTA_META_KEY, big32: key.rawValue)
      message.put(NFTA_META_DREG, register)
    case .store(let key, let register):
      message.put(NFTA_META_KEY, big32: key.rawValue)
      message.put(NFTA_META_SREG, register)
    }
  }
}
