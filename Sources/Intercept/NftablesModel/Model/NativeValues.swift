/// The values that a field is compared with: ranges of numbers in host order (10.0.0.0 is 0x0a000000).
///
/// In the kernel one value or range is compared in the rule; several are an anonymous set.
public struct NativeValues: Hashable, Sendable {
  /// The ranges, ascending; none empty, no two of them overlapping or touching. At least one.
  public let ranges: [ClosedRange<UInt128>]

  /// Makes the union of ranges, in any order; nil if there is none.
  public init?(_ ranges: [ClosedRange<UInt128>]) {
    let sorted = ranges.sorted { $0.lowerBound < $1.lowerBound }
    guard let first = sorted.first else { return nil }
    self.ranges = sorted.dropFirst().reduce(into: [first]) { merged, next in
      let last = merged[merged.count - 1]
      if last.upperBound == .max || next.lowerBound <= last.upperBound + 1 {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, next.upperBound)
      } else {
        merged.append(next)
      }
    }
  }

  public init(_ range: ClosedRange<UInt128>) {
    ranges = [range]
  }

  public init(_ value: UInt128) {
    ranges = [value...value]
  }

  /// The one range, where there are not several; it is compared in the rule itself.
  public var single: ClosedRange<UInt128>? { ranges.count == 1 ? ranges.first : nil }

  /// Whether some range has more than one value: a set of them needs `NFT_SET_INTERVAL`.
  public var hasIntervals: Bool { ranges.contains { $0.lowerBound != $0.upperBound } }

  public func contains(_ value: UInt128) -> Bool {
    let index = index(from: value)
    return index < ranges.count && ranges[index].contains(value)
  }

  /// Where the first range stands that has not ended before a value.
  func index(from value: UInt128) -> Int {
    // A binary search: there may be thousands.
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension ClosedRange<UInt128> {
  /// The range as a block of a number's leading bits; nil if it is none. A single value has all bits.
  ///
  /// - Parameter bits: how many bits such a number has.
  public func prefixLength(ofBits bits: Int) -> Int? {
    let span = upperBound - lowerBound
    guard span & (span &+ 1) == 0, lowerBound & span == 0 else { return nil }
    return bits - span.nonzeroBitCount
  }
}
