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
