import CNetfilter

extension Batch {
  /// Makes a table, or does nothing if there is one of its name.
  package mutating func add(_ table: RawTable) throws(NetlinkError) {
    try add("add table", NFT_MSG_NEWTABLE, table, [.create])
  }

  /// Removes a table and all that is in it.
  package mutating func delete(_ table: RawTable) throws(NetlinkError) {
    try add("delete table", NFT_MSG_DELTABLE, table, [])
  }

  private mutating func add(
    _ operation: String, _ type: nf_tables_msg_types, _ table: RawTable, _ flags: NetlinkFlags
  ) throws(NetlinkError) {
    let entry = BatchEntry(operation) { table.label }
    try entry.naming { () throws(NetlinkFailure) in
      let object = try table.encoded()
      unsafe try add(type, table.family, flags, entry) { unsafe object.build(into: $0) }
    }
  }
}

extension Batch {
  /// Makes a chain, or does nothing if there is one like it.
  package mutating func add(_ chain: RawChain) throws(NetlinkError) {
    try add("add chain", NFT_MSG_NEWCHAIN, chain, [.create])
  }

  /// Removes a chain. The kernel refuses while it has rules or is jumped to.
  package mutating func delete(_ chain: RawChain) throws(NetlinkError) {
    try add("delete chain", NFT_MSG_DELCHAIN, chain, [], onlyIdentity: true)
  }

  private mutating func add(
    _ operation: String, _ type: nf_tables_msg_types, _ chain: RawChain, _ flags: NetlinkFlags,
    onlyIdentity: Bool = false
  ) throws(NetlinkError) {
    let entry = BatchEntry(operation) { chain.label }
    try entry.naming { () throws(NetlinkFailure) in
      let object = try chain.encoded(onlyIdentity: onlyIdentity)
      unsafe try add(type, chain.family, flags, entry) { unsafe object.build(into: $0) }
    }
  }
}

extension RawTable {
  /// As the `nft` command names it.
  package var label: String { "\(family) \(name)" }
}

extension RawChain {
  /// As the `nft` command names it.
  package var label: String { "\(family) \(table) \(name)" }
}
