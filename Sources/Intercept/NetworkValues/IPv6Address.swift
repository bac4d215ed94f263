/// An IPv6 address without a scope.
///
/// The corresponding C type is `struct in6_addr`.
public struct IPv6Address: Hashable, Sendable {
  /// The address as a number: ::1 is 1.
  public var bits: UInt128

  public init(bits: UInt128) {
    self.bits = bits
  }

  /// The eight 16-bit groups, first to last.
  var groups: [UInt16] {
    stride(from: 112, through: 0, by: -16).map { UInt16(truncatingIfNeeded: bits >> $0) }
  }
}

extension IPv6Address: LosslessStringConvertible {
  /// Reads an address as `inet_pton` does: groups of one to four hexadecimal digits, at most one `::`, and an IPv4
  /// address in place of the last two groups.
  public init?(_ description: String) {
    let halves = description.split(on: "::")
    guard halves.count <= 2, let head = Self.groups(in: halves[0]) else { return nil }
    var groups = head
    if halves.count == 2 {
      guard let tail = Self.groups(in: halves[1]), head.count + tail.count < 8 else { return nil }
      groups += Array(repeating: 0, count: 8 - head.count - tail.count) + tail
      if halves[0].contains(".") { return nil }
    }
    guard groups.count == 8 else { return nil }
    bits = groups.reduce(0) { $0 << 16 | UInt128($1) }
  }

  /// The groups of a part without `::`, which may end with an IPv4 address; nil if the part is malformed.
  private static func groups(in text: Substring) -> [UInt16]? {
    guard !text.isEmpty else { return [] }
    var parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var last: [UInt16] = []
    if let tail = parts.last, tail.contains(".") {
      guard let address = IPv4Address(String(tail)) else { return nil }
      last = [UInt16(address.bits >> 16), UInt16(truncatingIfNeeded: address.bits)]
      parts.removeLast()
    }
    var groups: [UInt16] = []
    for part in parts {
      guard (1...4).contains(part.utf8.count), let group = UInt16(digits: part.utf8, base: 16) else {
        return nil
      }
      groups.append(group)
    }
    return groups + last
  }

  /// The address as glibc's `inet_ntop` and `ip6tables-save` print it: the longest run of zero groups is shortened, and
  /// an IPv4 address ends it if the first six groups are zero or ::ffff.
  public var description: String {
    let groups = groups
    guard let run = Self.longestZeroRun(in: groups) else { return Self.text(groups[...]) }
    if run.lowerBound == 0, run.count == 6 || run.count == 5 && groups[5] == 0xffff {
      let tail = IPv4Address(bits: UInt32(truncatingIfNeeded: bits))
      return run.count == 6 ? "::\(tail)" : "::ffff:\(tail)"
    }
    return Self.text(groups[..<run.lowerBound]) + "::" + Self.text(groups[run.upperBound...])
  }

  private static func text(_ groups: ArraySlice<UInt16>) -> String {
    groups.map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// The first of the longest runs of two or more zero groups.
  private static func longestZeroRun(in groups: [UInt16]) -> Range<Int>? {
    var best = 0..<0
    var start = 0
    for index in groups.indices {
      if groups[index] != 0 {
        start = index + 1
      } else if index + 1 - start > best.count {
        best = start..<index + 1
      }
    }
    return best.count >= 2 ? best : nil
  }
}

extension String {
  /// The parts between the occurrences of a separator of several characters; at least one.
  fileprivate func split(on separator: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let found = rest.firstRange(of: separator) {
      parts.append(rest[..<found.lowerBound])
      rest = rest[found.upperBound...]
    }
    return parts + [rest]
  }
}

extension Substring {
  /// The first occurrence of a separator.
  fileprivate func firstRange(of separator: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(separator) {
        return start..<index(start, offsetBy: separator.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
