import CNetfilter

/// The number of a routing table.
package struct RoutingTable: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

extension RoutingTable {
  /// The table's number in a header that has eight bits for it, where it fits there.
  var inHeader: UInt8? { UInt8(exactly: rawValue) }
}

/// A packet mark to compare with, and the bits of it that count. Host order.
package struct MarkSelector: Hashable, Sendable {
  package var value: UInt32
  package var mask: UInt32

  package init(_ value: UInt32, mask: UInt32 = .max) {
    self.value = value
    self.mask = mask
  }
}
