import NetworkValues

extension NativeValues {
  /// The addresses of a block.
  init(_ block: CIDR) {
    let rest =
      ~CIDR.mask(block.family, prefixLength: block.prefixLength) & NativeField.source(block.family).greatest
    self.init(block.network.bits...block.network.bits | rest)
  }

  init(_ ports: PortRange) {
    self.init(UInt128(ports.lowerBound.rawValue)...UInt128(ports.upperBound.rawValue))
  }

  init(_ owners: ClosedRange<some OwnerID>) {
    self.init(UInt128(owners.lowerBound.rawValue)...UInt128(owners.upperBound.rawValue))
  }

  /// The values of either.
  func union(_ other: NativeValues) -> NativeValues { NativeValues(ranges + other.ranges) ?? self }

  /// The values of both; nil if there is none.
  func intersection(_ other: NativeValues) -> NativeValues? {
    NativeValues(other.ranges.flatMap { touching($0).map { [other = $0] range in range.clamped(to: other) } })
  }

  /// The values that the other does not have; nil if there is none.
  func subtracting(_ other: NativeValues) -> NativeValues? {
    NativeValues(ranges.flatMap { Self.rest(of: $0, without: other.touching($0)) })
  }

  /// Whether there is a value that both have.
  func intersects(_ other: NativeValues) -> Bool {
    let (few, many) = ranges.count < other.ranges.count ? (self, other) : (other, self)
    return few.ranges.contains { !many.touching($0).isEmpty }
  }

  func isSubset(of other: NativeValues) -> Bool {
    ranges.allSatisfy { range in
      other.touching(range).first.map {
        $0.lowerBound <= range.lowerBound && $0.upperBound >= range.upperBound
      }
        ?? false
    }
  }

  /// The ranges that have a value in common with one.
  private func touching(_ range: ClosedRange<UInt128>) -> ArraySlice<ClosedRange<UInt128>> {
    ranges[index(from: range.lowerBound)...].prefix { $0.lowerBound <= range.upperBound }
  }

  /// The parts of a range that some others, ascending, leave.
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
    return rest + [next...range.upperBound]
  }
}
