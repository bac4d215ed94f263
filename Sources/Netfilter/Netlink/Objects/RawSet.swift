import CNetfilter

/// The number by which a batch speaks of a set that it makes itself (NFTA_SET_ID).
package struct SetID: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A set as the kernel has it, without its elements (NFT_MSG_NEWSET).
package struct RawSet: Hashable, Sendable {
  package var family: TableFamily
  package var table: String
  /// For an anonymous set a pattern such as "__set%d"; the kernel fills the number in.
  package var name: String
  package var flags: Flags
  /// What a key is, in the numbering of the `nft` command, which the kernel only keeps for it.
  package var keyType: UInt32
  /// In bytes.
  package var keyLength: UInt32
  /// How many elements it will have at most, from which the kernel chooses its data structure; nil means
  /// any number.
  package var size: UInt32?
  /// Only for a set that is being made; the batch gives it.
  package var id: SetID?
  /// Type-length-value triples of the program that made the set.
  package var userdata: [UInt8]

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
  /// As the `nft` command names it.
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
  }

  /// The libnftnl object for this set. With `onlyIdentity` just what names it.
  func encoded(onlyIdentity: Bool = false) throws(NetlinkFailure) -> NFTSet {
    let set = try NFTSet.allocate()
    set.set(NFTNL_SET_FAMILY, UInt32(family.rawValue))
    try set.set(NFTNL_SET_TABLE, name: table)
    try set.set(NFTNL_SET_NAME, name: name)
    if let id { set.set(NFTNL_SET_ID, id.rawValue) }
    if onlyIdentity { return set }
    set.set(NFTNL_SET_FLAGS, flags.rawValue)
    set.set(NFTNL_SET_KEY_TYPE, keyType)
    set.set(NFTNL_SET_KEY_LEN, keyLength)
    if let size { set.set(NFTNL_SET_DESC_SIZE, size) }
    if !userdata.isEmpty { try set.set(userdata: userdata) }
    return set
  }
}
