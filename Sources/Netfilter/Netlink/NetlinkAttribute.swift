import CNetfilter

/// One attribute of a message: a `struct nlattr` and its payload.
package struct NetlinkAttribute: Hashable, Sendable {
  /// The type without the flags for nesting and byte order.
  package var type: UInt16
  package var payload: ArraySlice<UInt8>

  static var headerSize: Int { MemoryLayout<nlattr>.size }

  /// NLA_TYPE_MASK, a computed macro: the two bits above it say "nested" and "network byte order".
  private static var typeMask: UInt16 { 0x3fff }

  init(takenFrom rest: inout ArraySlice<UInt8>) throws(NetlinkFailure) {
    guard let header = rest.load(nlattr.self) else {
      throw .malformed("\(rest.count) bytes where an attribute header should be")
    }
    let length = Int(header.nla_len)
    guard length >= Self.headerSize, length <= rest.count else {
      throw .malformed("an attribute of \(length) bytes in \(rest.count)")
    }
    type = header.nla_type & Self.typeMask
    payload = rest[rest.startIndex + Self.headerSize..<rest.startIndex + length]
    rest = rest[min(rest.startIndex + length.netlinkAligned, rest.endIndex)...]
  }
}

extension NetlinkAttribute {
  package var byte: UInt8? { payload.exactly(UInt8.self) }
  /// A 32-bit number in network order, as nf_tables has them.
  package var big32: UInt32? { payload.exactly(UInt32.self)?.bigEndian }
  /// A 64-bit number in network order, as nf_tables has them.
  package var big64: UInt64? { payload.exactly(UInt64.self)?.bigEndian }
  /// A 32-bit number in host order, as rtnetlink has them.
  package var host32: UInt32? { payload.exactly(UInt32.self) }
  /// A text, up to its NUL if it has one.
  package var string: String { String(decoding: payload.prefix { $0 != 0 }, as: UTF8.self) }
  package var bytes: [UInt8] { Array(payload) }

  /// The attributes nested in this one.
  package func nested() throws(NetlinkFailure) -> AttributeTable { try AttributeTable(payload) }
}
