import CNetfilter

/// A chain as the kernel has it (NFT_MSG_NEWCHAIN).
package struct RawChain: Hashable, Sendable {
  package var family: TableFamily
  package var table: String
  package var name: String
  /// Nil for a chain that packets reach only by a jump.
  package var base: BaseChain?
  package var handle: Handle?
  /// How many rules it has and how many refer to it. Only from a dump.
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

  /// The libnftnl object for this chain. With `onlyIdentity` just what names it, as a deletion wants it.
  func encoded(onlyIdentity: Bool = false) throws(NetlinkFailure) -> NFTChain {
    let chain = try NFTChain.allocate()
    chain.set(NFTNL_CHAIN_FAMILY, UInt32(family.rawValue))
    try chain.set(NFTNL_CHAIN_TABLE, name: table)
    try chain.set(NFTNL_CHAIN_NAME, name: name)
    if !onlyIdentity { try base?.encode(into: chain) }
    return chain
  }
}
