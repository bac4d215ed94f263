import CNetfilter

/// One attribute of a message: a `struct nlattr` and its payload.
package struct NetlinkAttribute: Hashable, Sendable {
  /// The type without its flag bits.
  package var type: UInt16
  package var payload: ArraySlice<UInt8>

  static var headerSize: Int { MemoryLayout<nlattr>.size }

  /// NLA_TYPE_MASK, a computed macro; the two bits above it are NLA_F_NESTED and NLA_F_NET_BYTEORDER.
  fileprivate static var typeMask: UInt16 { 0x3fff }
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
///
/// They stay in the bytes of the message, and a search goes through those: an array of them for every nest costs more.
package struct AttributeTable: Hashable, Sendable {
  private let bytes: ArraySlice<UInt8>

  /// An empty table.
  package init() { bytes = [] }

  /// Checks that bytes consist of attributes.
  ///
  /// - Throws: ``NetlinkFailure/malformed(_:)`` if a length does not fit the bytes there are.
  package init(_ bytes: ArraySlice<UInt8>) throws(NetlinkFailure) {
    var reader = AttributeReader(bytes)
    while try reader.nextPlace() != nil {}
    self.bytes = bytes
  }

  /// Every attribute.
  package var all: [NetlinkAttribute] {
    var reader = AttributeReader(bytes)
    var all: [NetlinkAttribute] = []
    while let attribute = try? reader.next() { all.append(attribute) }
    return all
  }

  /// The last attribute of a type; the kernel reads repeated attributes the same way. Swift imports the
  /// constants of an anonymous C enum as integers.
  package subscript(_ type: some BinaryInteger) -> NetlinkAttribute? {
    place(of: UInt16(truncatingIfNeeded: type)).map {
      NetlinkAttribute(type: $0.type, payload: bytes[$0.payload])
    }
  }

  private func place(of type: UInt16) -> AttributePlace? {
    var reader = AttributeReader(bytes)
    var last: AttributePlace?
    while let place = try? reader.nextPlace() {
      if place.type == type { last = place }
    }
    return last
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

extension AttributeTable {
  /// True if both tables have an equal attribute of a type, or none.
  ///
  /// Nests are those with NLA_F_NESTED in this table: the kernel lists the nests that it was sent without that flag.
  package func agrees(with listed: AttributeTable, on type: some RawRepresentable<UInt32>) -> Bool {
    let type = UInt16(truncatingIfNeeded: type.rawValue)
    switch (place(of: type), listed.place(of: type)) {
    case (nil, nil): return true
    case (let own?, let others?): return Self.areEqual(own, bytes, others, listed.bytes)
    case (.some, nil), (nil, .some): return false
    }
  }

  private static func areEqual(
    _ sent: AttributePlace, _ sentBytes: ArraySlice<UInt8>, _ listed: AttributePlace,
    _ listedBytes: ArraySlice<UInt8>
  ) -> Bool {
    guard sent.type == listed.type, sent.payload.count == listed.payload.count else { return false }
    guard sent.isNest else { return sentBytes[sent.payload] == listedBytes[listed.payload] }
    var sentReader = AttributeReader(sentBytes[sent.payload])
    var listedReader = AttributeReader(listedBytes[listed.payload])
    while let sent = try? sentReader.nextPlace() {
      guard let listed = try? listedReader.nextPlace(), areEqual(sent, sentBytes, listed, listedBytes) else {
        return false
      }
    }
    return true
  }
}

/// An iterator over the attributes of a message or of a nest.
package struct AttributeReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The next attribute; nil after the last.
  ///
  /// - Throws: ``NetlinkFailure/malformed(_:)`` if a length does not fit the bytes there are.
  package mutating func next() throws(NetlinkFailure) -> NetlinkAttribute? {
    try nextPlace().map { NetlinkAttribute(type: $0.type, payload: bytes[$0.payload]) }
  }

  fileprivate mutating func nextPlace() throws(NetlinkFailure) -> AttributePlace? {
    let count = bytes.endIndex - position
    if count == 0 { return nil }
    guard let header = bytes.load(nlattr.self, at: position) else {
      throw .malformed("\(count) bytes where an attribute header should be")
    }
    let length = Int(header.nla_len)
    guard length >= NetlinkAttribute.headerSize, length <= count else {
      throw .malformed("an attribute of \(length) bytes in \(count)")
    }
    let payload = position + NetlinkAttribute.headerSize..<position + length
    position = min(position + length.netlinkAligned, bytes.endIndex)
    return AttributePlace(
      type: header.nla_type & NetlinkAttribute.typeMask,
      isNest: header.nla_type & UInt16(truncatingIfNeeded: NLA_F_NESTED) != 0, payload: payload)
  }
}

/// An attribute within the bytes of a message.
private struct AttributePlace {
  /// The type without its flag bits.
  let type: UInt16
  /// True if the attribute has the flag NLA_F_NESTED.
  let isNest: Bool
  let payload: Range<Int>
}

extension Int {
  /// Rounded up to the four bytes that netlink aligns messages and attributes to (NLMSG_ALIGN, NLA_ALIGN).
  var netlinkAligned: Int { (self + 3) & ~3 }
}

extension ArraySlice<UInt8> {
  /// The C value at the start of these bytes, or nil if there are too few.
  package func load<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? { load(type, at: startIndex) }

  /// The C value at an index, or nil if there are too few bytes.
  func load<Value: BitwiseCopyable>(_ type: Value.Type, at index: Int) -> Value? {
    guard index >= startIndex, endIndex - index >= MemoryLayout<Value>.size else { return nil }
    let offset = index - startIndex
    return unsafe withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
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

  /// Replaces bytes by those of an integer in host order.
  ///
  /// - Precondition: the array is long enough.
  mutating func overwrite(at index: Int, with value: some FixedWidthInteger & BitwiseCopyable) {
    unsafe Swift.withUnsafeBytes(of: value) { bytes in
      for offset in bytes.indices { self[index + offset] = unsafe bytes[offset] }
    }
  }

  /// Fills up to netlink's alignment with zeros.
  mutating func padToNetlinkAlignment() {
    append(contentsOf: repeatElement(0, count: count.netlinkAligned - count))
  }
}
