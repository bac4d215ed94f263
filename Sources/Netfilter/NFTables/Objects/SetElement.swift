import CNetfilter
package import Netlink

/// One element of a set (NFTA_SET_ELEM_*).
package struct RawSetElement: Hashable, Sendable {
  /// The key in the byte order of its register. A slice of the message that was read, or of a buffer that all
  /// keys share: a set may have thousands.
  package var key: ArraySlice<UInt8>
  /// The last key of a range, in a set of concatenated keys (NFTA_SET_ELEM_KEY_END).
  package var lastKey: [UInt8]?
  /// True if the key is the first one after an interval, and not itself in the set (NFT_SET_ELEM_INTERVAL_END).
  package var isIntervalEnd: Bool
  /// Type-length-value triples of the program that created the element (NFTA_SET_ELEM_USERDATA).
  package var userdata: [UInt8]
  /// The verdict that a verdict map assigns to the key. Only in a dump.
  package var verdict: VerdictCode?
  /// The value that a map assigns to the key (NFTA_SET_ELEM_DATA). Only in a dump.
  package var data: ArraySlice<UInt8> = []
  /// True for the element of all other keys (NFT_SET_ELEM_CATCHALL). Only in a dump.
  package var isCatchAll = false

  package init(
    _ key: ArraySlice<UInt8>, lastKey: [UInt8]? = nil, isIntervalEnd: Bool = false, userdata: [UInt8] = []
  ) {
    self.key = key
    self.lastKey = lastKey
    self.isIntervalEnd = isIntervalEnd
    self.userdata = userdata
  }
}

extension RawSetElement {
  private static var intervalEnd: UInt32 { UInt32(NFT_SET_ELEM_INTERVAL_END.rawValue) }
  private static var catchAll: UInt32 { UInt32(NFT_SET_ELEM_CATCHALL.rawValue) }

  /// Reads one element of the kernel's list.
  init(_ nest: NetlinkAttribute) throws(NetlinkFailure) {
    self.init([])
    var attributes = AttributeReader(nest.payload)
    while let attribute = try attributes.next() {
      switch nft_set_elem_attributes(UInt32(attribute.type)) {
      case NFTA_SET_ELEM_KEY: key = try attribute.value() ?? []
      case NFTA_SET_ELEM_KEY_END: lastKey = try attribute.value().map { Array($0) }
      case NFTA_SET_ELEM_FLAGS:
        isIntervalEnd = (attribute.big32 ?? 0) & Self.intervalEnd != 0
        isCatchAll = (attribute.big32 ?? 0) & Self.catchAll != 0
      case NFTA_SET_ELEM_DATA:
        verdict = try VerdictCode(attribute.nested())
        data = try attribute.value() ?? []
      case NFTA_SET_ELEM_USERDATA: userdata = attribute.bytes
      default: break
      }
    }
  }

  func encoded() throws(NetlinkFailure) -> NFTSetElement {
    let element = try NFTSetElement.allocate()
    try element.set(NFTNL_SET_ELEM_KEY, value: key)
    if let lastKey { try element.set(NFTNL_SET_ELEM_KEY_END, value: lastKey[...]) }
    if isIntervalEnd { element.set(NFTNL_SET_ELEM_FLAGS, Self.intervalEnd) }
    if !userdata.isEmpty { try element.set(userdata: userdata) }
    return element
  }

  /// An upper bound of the element's size in a message, in bytes.
  var largestEncoding: Int { 48 + key.count + (lastKey?.count ?? 0) + userdata.count }
}

extension RawSetElement: Dumped {
  package static func add(
    _ message: NetlinkMessage, to list: inout [RawSetElement]
  ) throws(NetlinkFailure) {
    let (_, attributes) = try message.body(nfgenmsg.self)
    guard let elements = attributes[NFTA_SET_ELEM_LIST_ELEMENTS] else { return }
    var nests = AttributeReader(elements.payload)
    while let nest = try nests.next() { list.append(try RawSetElement(nest)) }
  }
}

/// libnftnl's `nftnl_set_elem`, owned by this value until a set owns it.
@safe struct NFTSetElement: ~Copyable {
  private let pointer: OpaquePointer

  private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe nftnl_set_elem_free(pointer) }

  static func allocate() throws(NetlinkFailure) -> NFTSetElement {
    guard let pointer = unsafe nftnl_set_elem_alloc() else { throw .call("nftnl_set_elem_alloc", .current) }
    return unsafe NFTSetElement(adopting: pointer)
  }

  /// Returns the pointer to a C object that will free it.
  consuming func release() -> OpaquePointer {
    let pointer = unsafe self.pointer
    discard self
    return unsafe pointer
  }

  func set(_ attribute: Int, _ value: UInt32) {
    unsafe nftnl_set_elem_set_u32(pointer, UInt16(attribute), value)
  }

  /// Sets a key. libnftnl copies it to a buffer of fixed size without checking its length.
  func set(_ attribute: Int, value: ArraySlice<UInt8>) throws(NetlinkFailure) {
    guard (1...Int(NFT_DATA_VALUE_MAXLEN)).contains(value.count) else {
      throw .inexpressible("a key of \(value.count) bytes does not fit a register")
    }
    let result = unsafe value.withUnsafeBufferPointer {
      unsafe nftnl_set_elem_set(pointer, UInt16(attribute), $0.baseAddress, UInt32($0.count))
    }
    guard result == 0 else { throw .call("nftnl_set_elem_set", .current) }
  }

  func set(userdata: [UInt8]) throws(NetlinkFailure) {
    guard userdata.count <= NFT_USERDATA_MAXLEN else {
      throw .inexpressible("user data of \(userdata.count) bytes, the limit is \(NFT_USERDATA_MAXLEN)")
    }
    let attribute = UInt16(NFTNL_SET_ELEM_USERDATA)
    guard unsafe nftnl_set_elem_set(pointer, attribute, userdata, UInt32(userdata.count)) == 0 else {
      throw .call("nftnl_set_elem_set", .current)
    }
  }
}
