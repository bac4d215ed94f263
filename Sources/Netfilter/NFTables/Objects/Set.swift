import CNetfilter
package import Netlink

/// The number that identifies a new set within its batch (NFTA_SET_ID).
package struct SetID: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A set in the kernel, without its elements (NFT_MSG_NEWSET).
package struct RawSet: Hashable, Sendable {
  package var family: TableFamily
  package var table: String
  /// The name; for a new anonymous set a pattern such as "__set%d", in which the kernel inserts a number.
  package var name: String
  package var flags: Flags
  /// The data type of the keys in the numbering of the `nft` command; the kernel only stores it.
  package var keyType: UInt32
  /// In bytes.
  package var keyLength: UInt32
  /// The maximum number of elements, from which the kernel chooses its data structure; nil means unlimited.
  package var size: UInt32?
  /// The identifier of a new set, assigned by the batch.
  package var id: SetID?
  /// Type-length-value triples of the program that created the set (NFTA_SET_USERDATA).
  package var userdata: [UInt8]
  /// The data type of a map's values (NFTA_SET_DATA_TYPE); 0 for a set. Only in a dump.
  package var dataType: UInt32 = 0

  package init(
    family: TableFamily, table: String, name: String, flags: Flags = [], keyType: UInt32, keyLength: UInt32,
    size: UInt32? = nil, id: SetID? = nil, userdata: [UInt8] = []
  ) {
    self.family = family
    self.table = table
    self.name = name
    self.flags = flags
    self.keyType = keyType
    self.keyLength = keyLength
    self.size = size
    self.id = id
    self.userdata = userdata
  }

  /// NFT_SET_*.
  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ flag: nft_set_flags) { rawValue = UInt32(flag.rawValue) }
    package static var anonymous: Self { Self(NFT_SET_ANONYMOUS) }
    package static var constant: Self { Self(NFT_SET_CONSTANT) }
    package static var interval: Self { Self(NFT_SET_INTERVAL) }
    package static var map: Self { Self(NFT_SET_MAP) }
  }
}

extension RawSet {
  /// The name in `nft` syntax.
  package var label: String { "\(family) \(table) \(name)" }
}

extension RawSet: DumpedObject {
  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(nfgenmsg.self)
    self.init(
      family: TableFamily(rawValue: header.nfgen_family),
      table: try attributes.text(NFTA_SET_TABLE), name: try attributes.text(NFTA_SET_NAME),
      flags: Flags(rawValue: attributes[NFTA_SET_FLAGS]?.big32 ?? 0),
      keyType: attributes[NFTA_SET_KEY_TYPE]?.big32 ?? 0,
      keyLength: attributes[NFTA_SET_KEY_LEN]?.big32 ?? 0,
      size: try attributes[NFTA_SET_DESC]?.nested()[NFTA_SET_DESC_SIZE]?.big32,
      userdata: attributes[NFTA_SET_USERDATA]?.bytes ?? [])
    dataType = attributes[NFTA_SET_DATA_TYPE]?.big32 ?? 0
  }

  /// Writes the attributes. With `onlyIdentity` only those that name the set, for a deletion.
  fileprivate func encode(into message: inout MessageBuilder, onlyIdentity: Bool) throws(NetlinkFailure) {
    try message.put(NFTA_SET_TABLE, name: table)
    try message.put(NFTA_SET_NAME, name: name)
    if let id { message.put(NFTA_SET_ID, big32: id.rawValue) }
    if onlyIdentity { return }
    message.put(NFTA_SET_FLAGS, big32: flags.rawValue)
    message.put(NFTA_SET_KEY_TYPE, big32: keyType)
    message.put(NFTA_SET_KEY_LEN, big32: keyLength)
    if let size {
      let description = message.beginNest(NFTA_SET_DESC)
      message.put(NFTA_SET_DESC_SIZE, big32: size)
      try message.endNest(description)
    }
    try message.put(NFTA_SET_USERDATA, userdata: userdata)
  }
}

extension Batch {
  /// Creates a set.
  ///
  /// - Parameter label: a description of the set for errors; its name if nil.
  /// - Returns: the set with the identifier for the rest of the batch, which the kernel requires.
  @discardableResult
  package mutating func add(_ set: RawSet, label: BatchLabel? = nil) throws(NetlinkError) -> RawSet {
    var set = set
    set.id = set.id ?? SetID(rawValue: UInt32(count + 1))
    try send(set, label ?? { [set] in set.label })
    return set
  }

  private mutating func send(_ set: RawSet, _ label: @escaping BatchLabel) throws(NetlinkError) {
    let entry = BatchEntry("add set", label)
    try entry.naming { () throws(NetlinkFailure) in
      try add(NFT_MSG_NEWSET, set.family, .create, entry) { (message) throws(NetlinkFailure) in
        try set.encode(into: &message, onlyIdentity: false)
      }
    }
  }

  /// Removes a set. The kernel refuses while a rule uses it.
  package mutating func delete(_ set: RawSet) throws(NetlinkError) {
    let entry = BatchEntry("delete set") { set.label }
    try entry.naming { () throws(NetlinkFailure) in
      try add(NFT_MSG_DELSET, set.family, [], entry) { (message) throws(NetlinkFailure) in
        try set.encode(into: &message, onlyIdentity: true)
      }
    }
  }

  /// Adds elements to a set, in as many messages as they need.
  ///
  /// - Parameter label: a description of the set for errors; its name if nil.
  package mutating func add(
    _ elements: [RawSetElement], to set: RawSet, label: BatchLabel? = nil
  ) throws(NetlinkError) {
    let entry = BatchEntry("add elements to set", label ?? { set.label })
    try entry.naming { () throws(NetlinkFailure) in
      var rest = elements[...]
      while !rest.isEmpty {
        try addSome(of: &rest, to: set, entry)
      }
    }
  }

  private mutating func addSome(
    of rest: inout ArraySlice<RawSetElement>, to set: RawSet, _ entry: BatchEntry
  ) throws(NetlinkFailure) {
    var taken = 0
    try add(NFT_MSG_NEWSETELEM, set.family, .create, entry) { (message) throws(NetlinkFailure) in
      try message.put(NFTA_SET_ELEM_LIST_TABLE, name: set.table)
      try message.put(NFTA_SET_ELEM_LIST_SET, name: set.name)
      if let id = set.id { message.put(NFTA_SET_ELEM_LIST_SET_ID, big32: id.rawValue) }
      let list = message.beginNest(NFTA_SET_ELEM_LIST_ELEMENTS)
      for element in rest {
        // The list is one attribute with a 16-bit length, and no element has more than 1,000 bytes.
        if message.count > 60_000 { break }
        try element.encode(into: &message)
        taken += 1
      }
      try message.endNest(list)
    }
    rest = rest.dropFirst(taken)
  }
}
