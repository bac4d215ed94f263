import CNetfilter
package import Netlink

/// A table in the kernel (NFT_MSG_NEWTABLE).
package struct RawTable: Hashable, Sendable {
  package var family: TableFamily
  package var name: String
  /// NFT_TABLE_F_*: dormant, owned by a socket.
  package var flags: UInt32
  package var handle: Handle?
  /// Number of its chains, sets and other objects (NFTA_TABLE_USE). Only in a dump.
  package var uses: UInt32
  /// The netlink port of the socket that owns the table (NFTA_TABLE_OWNER). Only in a dump.
  package var owner: UInt32?

  package init(
    family: TableFamily, name: String, flags: UInt32 = 0, handle: Handle? = nil, uses: UInt32 = 0,
    owner: UInt32? = nil
  ) {
    self.family = family
    self.name = name
    self.flags = flags
    self.handle = handle
    self.uses = uses
    self.owner = owner
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
      uses: attributes[NFTA_TABLE_USE]?.big32 ?? 0, owner: attributes[NFTA_TABLE_OWNER]?.big32)
  }

  /// Writes the attributes. Without flags the kernel keeps those of a present table.
  fileprivate func encode(into message: inout MessageBuilder, withFlags: Bool) throws(NetlinkFailure) {
    try message.put(NFTA_TABLE_NAME, name: name)
    if withFlags || flags != 0 { message.put(NFTA_TABLE_FLAGS, big32: flags) }
  }
}

extension RawTable {
  /// The name in `nft` syntax.
  package var label: String { "\(family) \(name)" }
}

extension Batch {
  /// Creates a table, unless one of that name exists.
  package mutating func add(_ table: RawTable) throws(NetlinkError) {
    try add("add table", NFT_MSG_NEWTABLE, table, .create)
  }

  /// Changes the flags of a present table to these.
  package mutating func update(_ table: RawTable) throws(NetlinkError) {
    try add("change table", NFT_MSG_NEWTABLE, table, [], withFlags: true)
  }

  /// Removes a table and its contents.
  package mutating func delete(_ table: RawTable) throws(NetlinkError) {
    try add("delete table", NFT_MSG_DELTABLE, table, [])
  }

  private mutating func add(
    _ operation: String, _ type: nf_tables_msg_types, _ table: RawTable, _ flags: NetlinkFlags,
    withFlags: Bool = false
  ) throws(NetlinkError) {
    let entry = BatchEntry(operation) { table.label }
    try entry.naming { () throws(NetlinkFailure) in
      try add(type, table.family, flags, entry) { (message) throws(NetlinkFailure) in
        try table.encode(into: &message, withFlags: withFlags)
      }
    }
  }
}
