import CNetfilter
import Intercept

/// The anonymous set of a rule's values, the way `nft` makes one: `{ 80, 443, 8000-8100 }`.
enum NativeSetContents {
  /// The pattern from which the kernel makes the name.
  static let name = "__set%d"

  /// - Parameter id: by which the rule that follows in the batch finds the set.
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

  /// The values that a set holds; nil if it is not one of such values, or if a rule is not all that uses it.
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

  /// As `nft` counts: both ends of every interval, also of one that has no end, and what is before the first.
  private static func size(of values: RangeSet) -> Int {
    guard values.hasIntervals else { return values.ranges.count }
    return 2 * values.ranges.count + (values.ranges.first?.lowerBound == 0 ? 0 : 1)
  }

  /// What the `nft` command keeps beside the set for itself: the order of the keys' bytes, and that it may merge
  /// intervals.
  private static func userdata(_ field: NativeField, merges: Bool) -> [UInt8] {
    number(NFTNL_UDATA_SET_KEYBYTEORDER.rawValue, field.setByteorder)
      + (merges ? number(NFTNL_UDATA_SET_MERGE_ELEMENTS.rawValue, 1) : [])
  }

  private static func number(_ type: UInt32, _ value: UInt8) -> [UInt8] {
    // Four bytes in host order.
    [UInt8(truncatingIfNeeded: type), 4] + (1.littleEndian == 1 ? [value, 0, 0, 0] : [0, 0, 0, value])
  }
}

/// Ranges of keys as the elements of an interval set, the way `nft` writes them: each range by its first key and by the
/// first key behind it, which is marked as an end.
enum Intervals {
  /// A key at which a range begins, or behind which one has ended.
  private struct Bound {
    let key: UInt128
    let isEnd: Bool
    /// Whether the range that begins here goes on to the last key there is.
    var isOpen = false

    /// Where one range ends and the next one starts, the end comes first.
    func precedes(_ other: Bound) -> Bool {
      key == other.key ? isEnd && !other.isEnd : key < other.key
    }
  }

  /// What `nft` notes at a range that goes on to the last key there is: it has no key behind it.
  private static let openUserdata: [UInt8] = [1, 4, 1, 0, 0, 0]

  /// - Parameters:
  ///   - ranges: in ascending order, without overlaps.
  ///   - length: of a key, in bytes.
  static func elements(_ ranges: [ClosedRange<UInt128>], length: Int) -> [RawSetElement] {
    let bounds = bounds(of: ranges, upTo: lastKey(length))
    // All keys in one piece of memory: there may be thousands.
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

  /// The ranges that a set's elements stand for, in ascending order; nil if the elements make no sense as such.
  ///
  /// - Parameter elements: in any order.
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
    return Bound(key: element.key.reduce(0) { $0 << 8 | UInt128($1) }, isEnd: element.isIntervalEnd)
  }

  private static func lastKey(_ length: Int) -> UInt128 { .max >> (128 - 8 * length) }
}

extension [UInt8] {
  /// Appends the last bytes of a number, the highest first.
  fileprivate mutating func append(bigEndian number: UInt128, length: Int) {
    for byte in (0..<length).reversed() { append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
  }
}
