/// The number by which the kernel knows a table, chain, rule or set, unique within its table.
package struct Handle: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
}
