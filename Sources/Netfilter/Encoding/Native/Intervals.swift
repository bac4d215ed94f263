/// Ranges of keys as the elements of an interval set, the way `nft` writes them: each range by its first key and by the
/// first key behind it, which is marked as an end.
enum Intervals {
  /// What `nft` notes at a range that goes on to the last key there is: it has no key behind it.
  private static let openUserdata: [UInt8] = [1, 4, 1, 0, 0, 0]

  /// - Parameters:
  ///   - ranges: in ascending order, without overlaps.
  ///   - length: of a key, in bytes.
  static func elements(_ ranges: [ClosedRange<UInt128>], length: Int) -> [RawSetElement] {
    guard let first = ranges.first else { return [] }
    let last = UInt128.max >> (128 - 8 * length)
    var elements = first.lowerBound > 0 ? [RawSetElement(key(0, length), isIntervalEnd: true)] : []
    elements.reserveCapacity(2 * ranges.count + 1)
    for range in ranges {
      let isOpen = range.upperBound == last
      elements.append(RawSetElement(key(range.lowerBound, length), userdata: isOpen ? openUserdata : []))
      if !isOpen { elements.append(RawSetElement(key(range.upperBound + 1, length), isIntervalEnd: true)) }
    }
    return elements
  }

  /// The ranges that a set's elements stand for, in ascending order; nil if the elements make no sense as such.
  ///
  /// - Parameter elements: in any order.
  static func ranges(_ elements: [RawSetElement], length: Int) -> [ClosedRange<UInt128>]? {
    guard elements.allSatisfy({ $0.key.count == length && $0.lastKey == nil }) else { return nil }
    // Where one range ends and the next one starts, the end comes first.
    let bounds = elements.map { (key: number($0.key), isEnd: $0.isIntervalEnd) }
      .sorted { ($0.key, $0.isEnd ? 0 : 1) < ($1.key, $1.isEnd ? 0 : 1) }
    var ranges: [ClosedRange<UInt128>] = []
    var start: UInt128?
    for (key, isEnd) in bounds {
      if let first = start {
        guard key > first else { return nil }
        ranges.append(first...key - 1)
      }
      start = isEnd ? nil : key
    }
    if let first = start { ranges.append(first...UInt128.max >> (128 - 8 * length)) }
    return ranges
  }

  private static func number(_ key: [UInt8]) -> UInt128 { key.reduce(0) { $0 << 8 | UInt128($1) } }

  private static func key(_ number: UInt128, _ length: Int) -> [UInt8] {
    (0..<length).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
