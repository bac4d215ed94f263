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

  /// The libnftnl object for this set. With `onlyIdentity` only the attributes that name it.
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

/// libnftnl's `nftnl_set`.
@safe struct NFTSet: ~Copyable {
  private let pointer: OpaquePointer

  private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe nftnl_set_free(pointer) }

  static func allocate() throws(NetlinkFailure) -> NFTSet {
    guard let pointer = unsafe nftnl_set_alloc() else { throw .call("nftnl_set_alloc", .current) }
    return unsafe NFTSet(adopting: pointer)
  }

  func set(_ attribute: nftnl_set_attr, _ value: UInt32) {
    unsafe nftnl_set_set_u32(pointer, UInt16(attribute.rawValue), value)
  }

  func set(_ attribute: nftnl_set_attr, name: String) throws(NetlinkFailure) {
    let result = unsafe nftnl_set_set_str(pointer, UInt16(attribute.rawValue), try KernelName(name).text)
    guard result == 0 else { throw .call("nftnl_set_set_str", .current) }
  }

  func set(userdata: [UInt8]) throws(NetlinkFailure) {
    guard userdata.count <= NFT_USERDATA_MAXLEN else {
      throw .inexpressible("user data of \(userdata.count) bytes, the limit is \(NFT_USERDATA_MAXLEN)")
    }
    let attribute = UInt16(NFTNL_SET_USERDATA.rawValue)
    guard unsafe nftnl_set_set_data(pointer, attribute, userdata, UInt32(userdata.count)) == 0 else {
      throw .call("nftnl_set_set_data", .current)
    }
  }

  /// Appends an element, which the set owns afterwards.
  mutating func add(_ element: consuming NFTSetElement) {
    unsafe nftnl_set_elem_add(pointer, element.release())
  }

  func build(into message: UnsafeMutablePointer<nlmsghdr>) {
    unsafe nftnl_set_nlmsg_build_payload(message, pointer)
  }

  func buildElements(into message: UnsafeMutablePointer<nlmsghdr>) {
    unsafe nftnl_set_elems_nlmsg_build_payload(message, pointer)
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
      let object = try set.encoded()
      unsafe try add(NFT_MSG_NEWSET, set.family, [.create], entry) { unsafe object.build(into: $0) }
    }
  }

  /// Removes a set. The kernel refuses while a rule uses it.
  package mutating func delete(_ set: RawSet) throws(NetlinkError) {
    let entry = BatchEntry("delete set") { set.label }
    try entry.naming { () throws(NetlinkFailure) in
      let object = try set.encoded(onlyIdentity: true)
      unsafe try add(NFT_MSG_DELSET, set.family, [], entry) { unsafe object.build(into: $0) }
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
    var object = try set.encoded(onlyIdentity: true)
    // All elements of a message are in one attribute with a 16-bit length.
    var room = 60_000
    var next = rest.startIndex
    while next < rest.endIndex {
      let element = try rest[next].encoded()
      guard rest[next].largestEncoding <= room else { break }
      object.add(element)
      room -= rest[next].largestEncoding
      next += 1
    }
    rest = rest[next...]
    unsafe try add(NFT_MSG_NEWSETELEM, set.family, [.create], entry) { unsafe object.buildElements(into: $0) }
  }
}
