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

  /// Writes one element of the list.
  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    let element = message.beginNest(NFTA_LIST_ELEM)
    if isIntervalEnd { message.put(NFTA_SET_ELEM_FLAGS, big32: Self.intervalEnd) }
    try message.put(NFTA_SET_ELEM_KEY, value: key)
    if let lastKey { try message.put(NFTA_SET_ELEM_KEY_END, value: lastKey[...]) }
    try message.put(NFTA_SET_ELEM_USERDATA, userdata: userdata)
    try message.endNest(element)
  }
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
