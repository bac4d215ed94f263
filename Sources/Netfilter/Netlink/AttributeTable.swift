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

  /// The last attribute of a type, as the kernel itself reads repeated ones. The constants of an anonymous
  /// C enum come as integers.
  package subscript(_ type: some BinaryInteger) -> NetlinkAttribute? {
    all.last { $0.type == type }
  }

  /// The last attribute of a type. The constants of a named C enum come as values of its type.
  package subscript(_ type: some RawRepresentable<UInt32>) -> NetlinkAttribute? {
    self[type.rawValue]
  }
}

/// The attributes of a message or of a nest, one after the other: where there are thousands of nests, a table of each
/// takes its time.
struct AttributeReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next attribute; nil behind the last.
  ///
  /// - Throws: ``NetlinkFailure/malformed(_:)`` if a length does not fit the bytes there are.
  mutating func next() throws(NetlinkFailure) -> NetlinkAttribute? {
    rest.isEmpty ? nil : try NetlinkAttribute(takenFrom: &rest)
  }
}
