import NetworkValues

/// Ports as a set: the same whatever the order, the overlaps and the splits it was written with.
struct PortSet: Hashable, Sendable {
  /// The ranges, in order, none touching the next.
  let ranges: [PortRange]

  init(_ ranges: [PortRange]) {
    self.ranges = ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
      guard let last = merged.last, range.lowerBound.follows(last.upperBound) else {
        merged.append(range)
        return
      }
      merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }
  }

  init(_ range: PortRange) {
    ranges = [range]
  }

  /// Whether every port is in the set.
  var isEverything: Bool { ranges == [Port(rawValue: 0)...Port(rawValue: .max)] }

  /// `80`, `8000:8100` or `53,15008`.
  var text: String { ranges.map(\.text).joined(separator: ",") }
}

extension Port {
  /// Whether no port lies between the end of a range and this beginning of another.
  fileprivate func follows(_ end: Port) -> Bool { Int(rawValue) <= Int(end.rawValue) + 1 }
}
