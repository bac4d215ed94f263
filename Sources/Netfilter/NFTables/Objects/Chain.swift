import CNetfilter
package import Netlink

/// A chain in the kernel (NFT_MSG_NEWCHAIN).
package struct RawChain: Hashable, Sendable {
  package var family: TableFamily
  package var table: String
  package var name: String
  /// Nil for a chain that packets reach only by a jump.
  package var base: BaseChain?
  package var handle: Handle?
  /// Number of its rules and of the references to it (NFTA_CHAIN_USE). Only in a dump.
  package var uses: UInt32
  /// NFT_CHAIN_*.
  package var flags: UInt32

  package init(
    family: TableFamily, table: String, name: String, base: BaseChain? = nil, handle: Handle? = nil,
    uses: UInt32 = 0, flags: UInt32 = 0
  ) {
    self.family = family
    self.table = table
    self.name = name
    self.base = base
    self.handle = handle
    self.uses = uses
    self.flags = flags
  }
}

extension RawChain: DumpedObject {
  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(nfgenmsg.self)
    self.init(
      family: TableFamily(rawValue: header.nfgen_family),
      table: try attributes.text(NFTA_CHAIN_TABLE), name: try attributes.text(NFTA_CHAIN_NAME),
      base: try BaseChain(attributes),
      handle: attributes[NFTA_CHAIN_HANDLE]?.big64.map(Handle.init),
      uses: attributes[NFTA_CHAIN_USE]?.big32 ?? 0, flags: attributes[NFTA_CHAIN_FLAGS]?.big32 ?? 0)
  }

  /// Writes the attributes. With `onlyIdentity` only those that name the chain, for a deletion.
  fileprivate func encode(into message: inout MessageBuilder, onlyIdentity: Bool) throws(NetlinkFailure) {
    try message.put(NFTA_CHAIN_TABLE, name: table)
    try message.put(NFTA_CHAIN_NAME, name: name)
    if !onlyIdentity { try base?.encode(into: &message) }
  }
}

/// The hook, priority, type and policy of a base chain (NFTA_CHAIN_HOOK, _TYPE, _POLICY).
package struct BaseChain: Hashable, Sendable {
  package var type: ChainType
  package var hook: HookNumber
  /// Chains at one hook run from the lowest to the highest (NF_IP_PRI_*).
  package var priority: Int32
  package var policy: PolicyVerdict

  package init(type: ChainType, hook: HookNumber, priority: Int32, policy: PolicyVerdict = .accept) {
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
  package struct HookNumber: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ hook: nf_inet_hooks) { rawValue = hook.rawValue }
    package static let prerouting = Self(NF_INET_PRE_ROUTING)
    package static let input = Self(NF_INET_LOCAL_IN)
    package static let forward = Self(NF_INET_FORWARD)
    package static let output = Self(NF_INET_LOCAL_OUT)
    package static let postrouting = Self(NF_INET_POST_ROUTING)
  }

  /// The verdict at the end of the chain.
  package enum PolicyVerdict: Hashable, Sendable {
    case accept
    case drop
  }
}

extension BaseChain {
  /// Nil if the chain has no hook.
  init?(_ attributes: AttributeTable) throws(NetlinkFailure) {
    guard let place = try attributes[NFTA_CHAIN_HOOK]?.nested(),
      let hook = place[NFTA_HOOK_HOOKNUM]?.big32, let priority = place[NFTA_HOOK_PRIORITY]?.big32
    else { return nil }
    let policy = attributes[NFTA_CHAIN_POLICY]?.big32 ?? UInt32(NF_ACCEPT)
    self.init(
      type: ChainType(rawValue: try attributes.text(NFTA_CHAIN_TYPE)), hook: HookNumber(rawValue: hook),
      priority: Int32(bitPattern: priority), policy: policy == NF_DROP ? .drop : .accept)
  }

  fileprivate func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    let place = message.beginNest(NFTA_CHAIN_HOOK)
    message.put(NFTA_HOOK_HOOKNUM, big32: hook.rawValue)
    message.put(NFTA_HOOK_PRIORITY, big32: UInt32(bitPattern: priority))
    try message.endNest(place)
    message.put(NFTA_CHAIN_POLICY, big32: UInt32(policy == .drop ? NF_DROP : NF_ACCEPT))
    try message.put(NFTA_CHAIN_TYPE, name: type.rawValue)
  }
}

extension RawChain {
  /// The name in `nft` syntax.
  package var label: String { "\(family) \(table) \(name)" }
}

extension Batch {
  /// Creates a chain, unless the same chain exists.
  package mutating func add(_ chain: RawChain) throws(NetlinkError) {
    try add("add chain", NFT_MSG_NEWCHAIN, chain, .create)
  }

  /// Removes a chain. The kernel refuses while the chain has rules or a rule jumps to it.
  package mutating func delete(_ chain: RawChain) throws(NetlinkError) {
    try add("delete chain", NFT_MSG_DELCHAIN, chain, [], onlyIdentity: true)
  }

  private mutating func add(
    _ operation: String, _ type: nf_tables_msg_types, _ chain: RawChain, _ flags: NetlinkFlags,
    onlyIdentity: Bool = false
  ) throws(NetlinkError) {
    let entry = BatchEntry(operation) { chain.label }
    try entry.naming { () throws(NetlinkFailure) in
      try add(type, chain.family, flags, entry) { (message) throws(NetlinkFailure) in
        try chain.encode(into: &message, onlyIdentity: onlyIdentity)
      }
    }
  }
}
