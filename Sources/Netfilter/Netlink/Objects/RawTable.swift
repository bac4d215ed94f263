import CNetfilter

/// A table as the kernel has it (NFT_MSG_NEWTABLE).
package struct RawTable: Hashable, Sendable {
  package var family: TableFamily
  package var name: String
  /// NFT_TABLE_F_*: dormant, owned by a socket.
  package var flags: UInt32
  package var handle: Handle?
  /// How many chains, sets and other objects are in it. Only from a dump.
  package var uses: UInt32

  package init(
    family: TableFamily, name: String, flags: UInt32 = 0, handle: Handle? = nil, uses: UInt32 = 0
  ) {
    self.family = family
    self.name = name
    self.flags = flags
    self.handle = handle
    self.uses = uses
  }
}

extension RawTable: DumpedObject {
  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(nfgenmsg.self)
    self.init(
      family: TableFamily(rawValue: header.nfgen_family),
      name: try attributes.text(NFTA_TABLE_NAME),
      flags: attributes[NFTA_TABLE_FLAGS]?.big32 ?? 0,
      handle: attributes[NFTA_TABLE_HANDLE]?.big64.map(Handle.init),
      uses: attributes[NFTA_TABLE_USE]?.big32 ?? 0)
  }

  func encoded() throws(NetlinkFailure) -> NFTTable {
    let table = try NFTTable.allocate()
    table.set(NFTNL_TABLE_FAMILY, UInt32(family.rawValue))
    try table.set(NFTNL_TABLE_NAME, name: name)
    if flags != 0 { table.set(NFTNL_TABLE_FLAGS, flags) }
    return table
  }
}
