/// A host name, or a wildcard such as `*.example.com`.
package struct HostPattern: Hashable, Sendable {
  let text: String

  package init(_ text: String) { self.text = text }

  /// The text after the wildcard; nil for a host name.
  var suffix: String? { text.hasPrefix("*") ? String(text.dropFirst()) : nil }

  package func matches(_ host: String) -> Bool { suffix.map(host.hasSuffix) ?? (text == host) }

  /// Returns the narrower of this pattern and another; nil if they have no hosts in common.
  package func intersection(_ other: String) -> String? {
    HostPattern(other).matches(text) ? text : matches(other) ? other : nil
  }

  /// Returns true if a host or pattern and this one have hosts in common.
  package func overlaps(_ other: String) -> Bool {
    intersection(other) != nil
  }
}

/// Finds the patterns that match a host, in time that does not depend on their number: each is found by its text
/// without the wildcard.
package struct HostPatternIndex: Sendable {
  private var bySuffix: [String: [Int]] = [:]
  private var byName: [String: [Int]] = [:]
  /// The lengths of the suffixes in bytes, ascending.
  private let lengths: [Int]

  /// - Parameter patterns: each with an index, by which it is found.
  package init(_ patterns: [(pattern: HostPattern, index: Int)]) {
    var lengths: Set<Int> = []
    for (pattern, index) in patterns {
      guard let suffix = pattern.suffix else {
        byName[pattern.text, default: []].append(index)
        continue
      }
      bySuffix[suffix, default: []].append(index)
      lengths.insert(suffix.utf8.count)
    }
    self.lengths = lengths.sorted()
  }

  /// The indexes of the patterns that match a host, ascending.
  package func indexes(matching host: String) -> [Int] {
    (suffixes(of: host).compactMap { bySuffix[$0] }.flatMap(\.self) + (byName[host] ?? [])).sorted()
  }

  /// Returns true if a pattern matches the host.
  func matches(_ host: String) -> Bool {
    byName[host] != nil || suffixes(of: host).contains { bySuffix[$0] != nil }
  }

  /// The ends of a host that may be the text of a pattern.
  private func suffixes(of host: String) -> some Sequence<String> {
    lengths.lazy.prefix { $0 <= host.utf8.count }.map { length in
      String(decoding: host.utf8.suffix(length), as: UTF8.self)
    }
  }
}
