import CNetfilter
import Intercept
package import NFTables
import Netlink

/// The anonymous set of a rule's values as `nft` encodes it: `{ 80, 443, 8000-8100 }`.
enum NativeSetContents {
  /// The pattern of the name that the kernel assigns.
  static let name = "__set%d"

  /// - Parameter id: the identifier of the set within its batch.
  static func set(
    of values: RangeSet, _ field: NativeField, table: String, id: SetID
  ) -> LiveNativeSet {
    let flags = RawSet.Flags([.anonymous, .constant]).union(values.hasIntervals ? .interval : [])
    let set = RawSet(
      family: .inet, table: table, name: name, flags: flags, keyType: field.setKeyType,
      keyLength: UInt32(field.length), size: UInt32(size(of: values)), id: id,
      userdata: userdata(field, merges: values.hasIntervals))
    return LiveNativeSet(set, elements: elements(of: values, field))
  }

  /// The values of a set; nil if it has other contents or is not anonymous.
  static func values(of set: LiveNativeSet, _ field: NativeField) -> RangeSet? {
    guard set.raw.flags.isSuperset(of: [.anonymous, .constant]),
      set.raw.flags.isSubset(of: [.anonymous, .constant, .interval]), set.raw.keyLength == field.length
    else { return nil }
    let ranges =
      set.raw.flags.contains(.interval)
      ? Intervals.ranges(set.elements, length: field.length) : singles(set.elements, field)
    return ranges.flatMap { $0.isEmpty ? nil : RangeSet($0) }
  }

  private static func singles(
    _ elements: [RawSetElement], _ field: NativeField
  ) -> [ClosedRange<UInt128>]? {
    let values = elements.map { $0.lastKey == nil ? field.value(Array($0.key)) : nil }
    return values.contains(nil) ? nil : values.compactMap(\.self).map { $0...$0 }
  }

  private static func elements(of values: RangeSet, _ field: NativeField) -> [RawSetElement] {
    values.hasIntervals
      ? Intervals.elements(values.ranges, length: field.length)
      : values.ranges.map { RawSetElement(field.bytes($0.lowerBound)[...]) }
  }

  /// The size as `nft` counts it: two bounds per interval, even an open one, and the gap before the first.
  private static func size(of values: RangeSet) -> Int {
    guard values.hasIntervals else { return values.ranges.count }
    return 2 * values.ranges.count + (values.ranges.first?.lowerBound == 0 ? 0 : 1)
  }

  /// The user data of the `nft` command: the byte order of the keys and permission to merge intervals.
  private static func userdata(_ field: NativeField, merges: Bool) -> [UInt8] {
    number(keyByteorder, field.setByteorder) + (merges ? number(mergeElements, 1) : [])
  }

  /// libnftnl's NFTNL_UDATA_SET_KEYBYTEORDER.
  private static let keyByteorder: UInt8 = 0
  /// libnftnl's NFTNL_UDATA_SET_MERGE_ELEMENTS.
  private static let mergeElements: UInt8 = 2

  private static func number(_ type: UInt8, _ value: UInt8) -> [UInt8] {
    // Four bytes in host order.
    [type, 4] + (1.littleEndian == 1 ? [value, 0, 0, 0] : [0, 0, 0, value])
  }
}

/// The elements of an interval set as `nft` encodes them: the first key of each range and the first key after it,
/// which has the end flag.
enum Intervals {
  /// The first key of a range, or the first key after one.
  private struct Bound {
    let key: UInt128
    let isEnd: Bool
    /// True if the range extends to the greatest key.
    var isOpen = false

    /// The order of bounds: at the same key the end of a range precedes the start of the next.
    func precedes(_ other: Bound) -> Bool {
      key == other.key ? isEnd && !other.isEnd : key < other.key
    }
  }

  /// The user data that `nft` gives a range up to the greatest key, which has no end element.
  private static let openUserdata: [UInt8] = [1, 4, 1, 0, 0, 0]

  /// - Parameters:
  ///   - ranges: the ranges in ascending order, without overlaps.
  ///   - length: the size of a key in bytes.
  static func elements(_ ranges: [ClosedRange<UInt128>], length: Int) -> [RawSetElement] {
    let bounds = bounds(of: ranges, upTo: lastKey(length))
    // All keys share one buffer: there may be thousands.
    var keys: [UInt8] = []
    keys.reserveCapacity(bounds.count * length)
    for bound in bounds { keys.append(bigEndian: bound.key, length: length) }
    return bounds.indices.map { index in
      RawSetElement(
        keys[index * length..<(index + 1) * length], isIntervalEnd: bounds[index].isEnd,
        userdata: bounds[index].isOpen ? openUserdata : [])
    }
  }

  private static func bounds(of ranges: [ClosedRange<UInt128>], upTo last: UInt128) -> [Bound] {
    guard let first = ranges.first else { return [] }
    var bounds = first.lowerBound > 0 ? [Bound(key: 0, isEnd: true)] : []
    bounds.reserveCapacity(2 * ranges.count + 1)
    for range in ranges {
      let isOpen = range.upperBound == last
      bounds.append(Bound(key: range.lowerBound, isEnd: false, isOpen: isOpen))
      if !isOpen { bounds.append(Bound(key: range.upperBound + 1, isEnd: true)) }
    }
    return bounds
  }

  /// The ranges of an interval set in ascending order; nil if the elements are not valid bounds.
  ///
  /// - Parameter elements: the elements in any order.
  static func ranges(_ elements: [RawSetElement], length: Int) -> [ClosedRange<UInt128>]? {
    let all = elements.indices.compactMap { bound(at: elements[$0], length: length) }
    guard all.count == elements.count else { return nil }
    let bounds = all.sorted { $0.precedes($1) }
    var ranges: [ClosedRange<UInt128>] = []
    var start: UInt128?
    for bound in bounds {
      if let first = start {
        guard bound.key > first else { return nil }
        ranges.append(first...bound.key - 1)
      }
      start = bound.isEnd ? nil : bound.key
    }
    if let first = start { ranges.append(first...lastKey(length)) }
    return ranges
  }

  private static func bound(at element: RawSetElement, length: Int) -> Bound? {
    guard element.key.count == length, element.lastKey == nil else { return nil }
    return Bound(key: UInt128(bigEndianBytes: element.key), isEnd: element.isIntervalEnd)
  }

  private static func lastKey(_ length: Int) -> UInt128 { .max >> (128 - 8 * length) }
}

extension [UInt8] {
  /// Appends the last bytes of a number, the highest first.
  fileprivate mutating func append(bigEndian number: UInt128, length: Int) {
    for byte in (0..<length).reversed() { append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
  }
}

/// A set of a table in nftables form, in the kernel.
package struct LiveNativeSet: Hashable, Sendable {
  package let raw: RawSet
  /// The elements in the kernel's order.
  package let elements: [RawSetElement]

  package init(_ raw: RawSet, elements: [RawSetElement]) {
    self.raw = raw
    self.elements = elements
  }
}
