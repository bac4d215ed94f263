import CNetfilter

/// What ties a chain to a place in the packet's way (NFTA_CHAIN_HOOK, _TYPE, _POLICY).
package struct BaseChain: Hashable, Sendable {
  package var type: ChainType
  package var hook: Hook
  /// Chains at one hook run from the lowest to the highest (NF_IP_PRI_*).
  package var priority: Int32
  package var policy: Policy

  package init(type: ChainType, hook: Hook, priority: Int32, policy: Policy = .accept) {
    self.type = type
    self.hook = hook
    self.priority = priority
    self.policy = policy
  }

  /// "filter", "nat" or "route".
  package struct ChainType: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package static let filter = Self(rawValue: "filter")
    package static let nat = Self(rawValue: "nat")
    package static let route = Self(rawValue: "route")
  }

  /// `enum nf_inet_hooks`.
  package struct Hook: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ hook: nf_inet_hooks) { rawValue = hook.rawValue }
    package static let prerouting = Self(NF_INET_PRE_ROUTING)
    package static let input = Self(NF_INET_LOCAL_IN)
    package static let forward = Self(NF_INET_FORWARD)
    package static let output = Self(NF_INET_LOCAL_OUT)
    package static let postrouting = Self(NF_INET_POST_ROUTING)
  }

  /// What becomes of a packet that no rule decides on.
  package enum Policy: Hashable, Sendable {
    case accept
    case drop
  }
}

extension BaseChain {
  /// Nil if the attributes are of a chain without a hook.
  init?(_ attributes: AttributeTable) throws(NetlinkFailure) {
    guard let place = try attributes[NFTA_CHAIN_HOOK]?.nested(),
      let hook = place[NFTA_HOOK_HOOKNUM]?.big32, let priority = place[NFTA_HOOK_PRIORITY]?.big32
    else { return nil }
    let policy = attributes[NFTA_CHAIN_POLICY]?.big32 ?? UInt32(NF_ACCEPT)
    self.init(
      type: ChainType(rawValue: try attributes.text(NFTA_CHAIN_TYPE)), hook: Hook(rawValue: hook),
      priority: Int32(bitPattern: priority), policy: policy == NF_DROP ? .drop : .accept)
  }

  func encode(into chain: borrowing NFTChain) throws(NetlinkFailure) {
    try chain.set(NFTNL_CHAIN_TYPE, name: type.rawValue)
    chain.set(NFTNL_CHAIN_HOOKNUM, hook.rawValue)
    chain.set(NFTNL_CHAIN_PRIO, priority)
    chain.set(NFTNL_CHAIN_POLICY, UInt32(policy == .drop ? NF_DROP : NF_ACCEPT))
  }
}
