import CNetfilter

/// One attribute of a message: a `struct nlattr` and its payload.
package struct NetlinkAttribute: Hashable, Sendable {
  /// The type without its flag bits.
  package var type: UInt16
  package var payload: ArraySlice<UInt8>

  static var headerSize: Int { MemoryLayout<nlattr>.size }

  /// NLA_TYPE_MASK, a computed macro; the two bits above it are NLA_F_NESTED and NLA_F_NET_BYTEORDER.
  private static var typeMask: UInt16 { 0x3fff }

  package init(takenFrom rest: inout ArraySlice<UInt8>) throws(NetlinkFailure) {
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
  /// The 16-bit number in network order, the encoding of ports and zones in ctnetlink.
  package var big16: UInt16? { payload.exactly(UInt16.self)?.bigEndian }
  /// The 32-bit number in network order, the encoding of nf_tables.
  package var big32: UInt32? { payload.exactly(UInt32.self)?.bigEndian }
  /// The 64-bit number in network order, the encoding of nf_tables.
  package var big64: UInt64? { payload.exactly(UInt64.self)?.bigEndian }
  /// The 32-bit number in host order, the encoding of rtnetlink.
  package var host32: UInt32? { payload.exactly(UInt32.self) }
  /// The text, up to its NUL if it has one.
  package var string: String { String(decoding: payload.prefix { $0 != 0 }, as: UTF8.self) }
  package var bytes: [UInt8] { Array(payload) }

  /// The attributes nested in this one.
  package func nested() throws(NetlinkFailure) -> AttributeTable { try AttributeTable(payload) }
}

/// The attributes of a message or of a nest, in the order received.
package struct AttributeTable: Hashable, Sendable {
  package private(set) var all: [NetlinkAttribute] = []

  /// An empty table.
  package init() {}

  /// Splits bytes into attributes.
  ///
  /// - Throws: ``NetlinkFailure/malformed(_:)`` if a length does not fit the bytes there are.
  package init(_ bytes: ArraySlice<UInt8>) throws(NetlinkFailure) {
    var reader = AttributeReader(bytes)
    while let attribute = try reader.next() { all.append(attribute) }
  }

  /// The last attribute of a type; the kernel reads repeated attributes the same way. Swift imports the
  /// constants of an anonymous C enum as integers.
  package subscript(_ type: some BinaryInteger) -> NetlinkAttribute? {
    all.last { $0.type == type }
  }

  /// The last attribute of a type. Swift imports the constants of a named C enum as values of its type.
  package subscript(_ type: some RawRepresentable<UInt32>) -> NetlinkAttribute? {
    self[type.rawValue]
  }
}

extension AttributeTable {
  /// The text of a mandatory attribute.
  package func text(_ type: some RawRepresentable<UInt32>) throws(NetlinkFailure) -> String {
    guard let attribute = self[type] else { throw .malformed("attribute \(type.rawValue) is missing") }
    return attribute.string
  }
}

/// An iterator over the attributes of a message or of a nest. Faster than ``AttributeTable`` where there are
/// thousands of nests.
package struct AttributeReader {
  private var rest: ArraySlice<UInt8>

  package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next attribute; nil after the last.
  ///
  /// - Throws: ``NetlinkFailure/malformed(_:)`` if a length does not fit the bytes there are.
  package mutating func next() throws(NetlinkFailure) -> NetlinkAttribute? {
    rest.isEmpty ? nil : try NetlinkAttribute(takenFrom: &rest)
  }
}

extension Int {
  /// Rounded up to the four bytes that netlink aligns messages and attributes to (NLMSG_ALIGN, NLA_ALIGN).
  var netlinkAligned: Int { (self + 3) & ~3 }
}

extension ArraySlice<UInt8> {
  /// The C value at the start of these bytes, or nil if there are too few.
  package func load<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
    guard count >= MemoryLayout<Value>.size else { return nil }
    return unsafe withUnsafeBytes { unsafe $0.loadUnaligned(as: Value.self) }
  }

  /// The integer in host order that these bytes encode; nil if their number is not its size.
  package func exactly<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value? {
    count == MemoryLayout<Value>.size ? load(type) : nil
  }
}

extension [UInt8] {
  /// The bytes of a C value, in host order.
  package init(bytesOf value: some BitwiseCopyable) {
    self.init()
    append(bytesOf: value)
  }

  /// Appends the bytes of a C value including its padding, which must be zero.
  package mutating func append<Value: BitwiseCopyable>(bytesOf value: Value) {
    unsafe Swift.withUnsafeBytes(of: value) { unsafe append(contentsOf: $0) }
  }

  /// Fills up to netlink's alignment with zeros.
  mutating func padToNetlinkAlignment() {
    append(contentsOf: repeatElement(0, count: count.netlinkAligned - count))
  }
}
