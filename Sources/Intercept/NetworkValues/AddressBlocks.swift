extension ClosedRange<UInt128> {
  /// The prefix length if the range is a block of `bits`-bit numbers with equal leading bits; else nil. A single
  /// number is a block of length `bits`.
  public func prefixLength(ofBits bits: Int) -> Int? {
    let span = upperBound - lowerBound
    guard span & (span &+ 1) == 0, lowerBound & span == 0 else { return nil }
    return bits - span.nonzeroBitCount
  }

  /// The fewest blocks of `bits`-bit numbers with equal leading bits whose union is the range.
  package func blocks(ofBits bits: Int) -> [ClosedRange<UInt128>] {
    var blocks: [ClosedRange<UInt128>] = []
    var first = lowerBound
    while true {
      var free = first == 0 ? bits : Swift.min(bits, first.trailingZeroBitCount)
      while free > 0, first | UInt128(greatestOfBits: free) > upperBound { free -= 1 }
      let last = first | UInt128(greatestOfBits: free)
      blocks.append(first...last)
      guard last < upperBound else { return blocks }
      first = last + 1
    }
  }
}

extension CIDR {
  /// Creates the block whose addresses are a range; for a range that is not a block, one of its first address alone.
  package init(_ range: ClosedRange<UInt128>, _ family: IPFamily) {
    let length = range.prefixLength(ofBits: family.addressBits)
    let address = IPAddress(family, bits: range.lowerBound)
    self = length.flatMap { CIDR(address, prefixLength: $0) } ?? CIDR(host: address)
  }

  /// The fewest blocks whose union is the addresses of this block that are in none of the others.
  package func subtracting(_ others: some Sequence<CIDR>) -> [CIDR] {
    let removed = RangeSet(others.filter { $0.family == family }.flatMap { RangeSet($0).ranges })
    guard !removed.isEmpty else { return [self] }
    return RangeSet(self).subtracting(removed).ranges
      .flatMap { $0.blocks(ofBits: family.addressBits) }
      .map { CIDR($0, family) }
  }
}

extension PortRange {
  /// Creates the ports of a range of 16-bit numbers.
  package init(_ range: ClosedRange<UInt128>) {
    let first = UInt16(truncatingIfNeeded: range.lowerBound)
    let last = UInt16(truncatingIfNeeded: range.upperBound)
    self = Port(rawValue: first)...Port(rawValue: Swift.max(first, last))
  }
}
