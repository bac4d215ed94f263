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

  /// The libnftnl object for this table. Without flags the kernel keeps those of a present table.
  func encoded(withFlags: Bool = false) throws(NetlinkFailure) -> NFTTable {
    let table = try NFTTable.allocate()
    table.set(NFTNL_TABLE_FAMILY, UInt32(family.rawValue))
    try table.set(NFTNL_TABLE_NAME, name: name)
    if withFlags || flags != 0 { table.set(NFTNL_TABLE_FLAGS, flags) }
    return table
  }
}

/// libnftnl's `nftnl_table`.
@safe struct NFTTable: ~Copyable {
  private let pointer: OpaquePointer

  private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe nftnl_table_free(pointer) }

  static func allocate() throws(NetlinkFailure) -> NFTTable {
    guard let pointer = unsafe nftnl_table_alloc() else { throw .call("nftnl_table_alloc", .current) }
    return unsafe NFTTable(adopting: pointer)
  }

  func set(_ attribute: nftnl_table_attr, _ value: UInt32) {
    unsafe nftnl_table_set_u32(pointer, UInt16(attribute.rawValue), value)
  }

  func set(_ attribute: nftnl_table_attr, name: String) throws(NetlinkFailure) {
    let result = unsafe nftnl_table_set_str(pointer, UInt16(attribute.rawValue), try KernelName(name).text)
    guard result == 0 else { throw .call("nftnl_table_set_str", .current) }
  }

  func build(into message: UnsafeMutablePointer<nlmsghdr>) {
    unsafe nftnl_table_nlmsg_build_payload(message, pointer)
  }
}

extension RawTable {
  /// The name in `nft` syntax.
  package var label: String { "\(family) \(name)" }
}

extension Batch {
  /// Creates a table, unless one of that name exists.
  package mutating func add(_ table: RawTable) throws(NetlinkError) {
    try add("add table", NFT_MSG_NEWTABLE, table, [.create])
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
      let object = try table.encoded(withFlags: withFlags)
      unsafe try add(type, table.family, flags, entry) { unsafe object.build(into: $0) }
    }
  }
}
