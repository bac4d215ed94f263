/// A set of numbers in host order, stored as ranges: ports, addresses (10.0.0.0 is 0x0a000000), protocols, owner ids.
///
/// Two sets are equal if they have the same members, however they were written. Unlike the ranges of
/// `Swift.RangeSet`, these are closed, so that the greatest number of a field can be a member.
public struct RangeSet: Hashable, Sendable {
  /// The ranges in ascending order; no two of them overlap or touch.
  public let ranges: [ClosedRange<UInt128>]

  /// Creates the union of ranges in any order.
  public init(_ ranges: [ClosedRange<UInt128>]) {
    let sorted = ranges.sorted { $0.lowerBound < $1.lowerBound }
    self.ranges = sorted.dropFirst().reduce(into: Array(sorted.prefix(1))) { merged, next in
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

  public init(_ number: UInt128) {
    ranges = [number...number]
  }

  /// - Parameter ranges: in ascending order, none of them overlapping or touching the next.
  private init(normalized ranges: [ClosedRange<UInt128>]) {
    self.ranges = ranges
  }
}

extension RangeSet {
  public var isEmpty: Bool { ranges.isEmpty }

  /// The only range; nil if the set has several or none.
  public var single: ClosedRange<UInt128>? { ranges.count == 1 ? ranges.first : nil }

  /// True if some range has more than one member: such a set needs `NFT_SET_INTERVAL`.
  public var hasIntervals: Bool { ranges.contains { $0.lowerBound != $0.upperBound } }

  /// True if the set contains every number of `bits` bits.
  public func isEverything(ofBits bits: Int) -> Bool { single == 0...UInt128(greatestOfBits: bits) }

  public func contains(_ number: UInt128) -> Bool { overlaps(number...number) }

  /// True if a number is a member of both sets.
  public func overlaps(_ other: RangeSet) -> Bool {
    let (few, many) = ranges.count < other.ranges.count ? (self, other) : (other, self)
    return few.ranges.contains(where: many.overlaps)
  }

  /// True if every member of the other set is a member of this one.
  public func covers(_ other: RangeSet) -> Bool {
    other.ranges.allSatisfy { range in
      let index = index(from: range.lowerBound)
      return index < ranges.count && ranges[index].lowerBound <= range.lowerBound
        && ranges[index].upperBound >= range.upperBound
    }
  }

  public func union(_ other: RangeSet) -> RangeSet { RangeSet(ranges + other.ranges) }

  public func intersection(_ other: RangeSet) -> RangeSet {
    RangeSet(
      normalized: ranges.flatMap { range in other.ranges(overlapping: range).map { $0.clamped(to: range) } })
  }

  public func subtracting(_ other: RangeSet) -> RangeSet {
    RangeSet(
      normalized: ranges.flatMap { range in Self.rest(of: range, without: other.ranges(overlapping: range)) })
  }
}

extension RangeSet {
  private func overlaps(_ range: ClosedRange<UInt128>) -> Bool {
    let index = index(from: range.lowerBound)
    return index < ranges.count && ranges[index].lowerBound <= range.upperBound
  }

  private func ranges(overlapping range: ClosedRange<UInt128>) -> ArraySlice<ClosedRange<UInt128>> {
    ranges[index(from: range.lowerBound)...].prefix { $0.lowerBound <= range.upperBound }
  }

  /// The index of the first range that does not end before a number; the number of ranges if all of them do.
  private func index(from number: UInt128) -> Int {
    ranges.partitioningIndex { $0.upperBound >= number }
  }

  /// The parts of a range outside of others, which are in ascending order and overlap it.
  private static func rest(
    of range: ClosedRange<UInt128>, without others: ArraySlice<ClosedRange<UInt128>>
  ) -> [ClosedRange<UInt128>] {
    var rest: [ClosedRange<UInt128>] = []
    var next = range.lowerBound
    for other in others {
      if other.lowerBound > next { rest.append(next...other.lowerBound - 1) }
      guard other.upperBound < range.upperBound else { return rest }
      next = other.upperBound + 1
    }
    rest.append(next...range.upperBound)
    return rest
  }
}

extension RangeSet {
  public init(ports: PortRange) {
    self.init(ClosedRange(ports))
  }

  public init(ports: [PortRange]) {
    self.init(ports.map { ClosedRange($0) })
  }

  public init(_ owners: ClosedRange<some OwnerID>) {
    self.init(UInt128(owners.lowerBound.rawValue)...UInt128(owners.upperBound.rawValue))
  }

  /// The addresses of a block.
  public init(_ block: CIDR) {
    let mask = CIDR.mask(block.family, prefixLength: block.prefixLength)
    let first = block.network.bits
    self.init(first...first | ~mask & UInt128(greatestOfBits: block.family.addressBits))
  }

  /// The members as port ranges; the set has no number above 65535.
  package var ports: [PortRange] { ranges.map { PortRange($0) } }
}

extension ClosedRange<UInt128> {
  fileprivate init(_ ports: PortRange) {
    self = UInt128(ports.lowerBound.rawValue)...UInt128(ports.upperBound.rawValue)
  }
}

extension UInt128 {
  /// Creates the greatest number that has `bits` bits.
  package init(greatestOfBits bits: Int) {
    self = bits == 0 ? 0 : .max >> UInt128(128 - bits)
  }
}

extension Array {
  /// The index of the first element that satisfies a predicate, which holds for no element before one for which it
  /// does not; `endIndex` if none does. A binary search.
  @inlinable
  package func partitioningIndex(where belongsToSecondPart: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if belongsToSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
