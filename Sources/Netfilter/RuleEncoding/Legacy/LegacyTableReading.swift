import CNetfilter
package import Intercept

/// The entries of one table of x_tables, as `getsockopt` with `IPT_SO_GET_ENTRIES` returns them.
///
/// A built-in chain begins at the entry of its hook and ends with the entry of its policy. A user-defined chain begins
/// after an entry with an ERROR target that has its name, and ends with an unconditional RETURN.
package struct LegacyTableReading {
  private let family: IPFamily
  private let entries: [LegacyEntry]
  /// The first entry and the policy's entry of each hook, in bytes from the start of the entries.
  private let hooks: [Hook: (first: Int, policy: Int)]

  /// - Parameters:
  ///   - bytes: the entries.
  ///   - hooks: the offsets of the first entry and of the policy's entry of each hook (`ipt_getinfo`), in bytes.
  package init(_ bytes: [UInt8], _ family: IPFamily, hooks: [Hook: (first: Int, policy: Int)]) {
    self.family = family
    self.hooks = hooks
    var entries: [LegacyEntry] = []
    var start = 0
    while let entry = LegacyEntry(bytes, at: start, family) {
      entries.append(entry)
      start += entry.size
    }
    self.entries = entries
  }

  /// The table with its rules, in the terms of iptables.
  package func table(_ name: TableName) -> Table {
    Table(name, chains: chains)
  }

  private var chains: [Chain] {
    let names = Dictionary(
      starts.compactMap { start in ChainName(start.name).map { (start.offset, $0) } },
      uniquingKeysWith: { first, _ in first })
    let builtin = hooks.map { hook, place in
      Chain(
        ChainName(hook), policy: policy(at: place.policy),
        rules: rules(from: place.first, before: place.policy, names))
    }
    let user = starts.enumerated().compactMap { index, start in
      names[start.offset].map { name in
        Chain(name, rules: rules(from: start.offset, before: lastEntry(ofChain: index), names))
      }
    }
    return builtin + user
  }

  /// The names of the user-defined chains and the offsets of their first entries. The last ERROR entry ends the table.
  private var starts: [(name: String, offset: Int)] {
    entries.compactMap { entry in entry.chainName.map { ($0, entry.offset + entry.size) } }.dropLast()
  }

  /// The offset of the RETURN at the end of a user-defined chain.
  private func lastEntry(ofChain index: Int) -> Int {
    let heads = entries.indices.filter { entries[$0].chainName != nil }
    guard index + 1 < heads.count, heads[index + 1] > 0 else { return 0 }
    return entries[heads[index + 1] - 1].offset
  }

  private func policy(at offset: Int) -> Policy {
    entries.first { $0.offset == offset }?.verdict == .drop ? .drop : .accept
  }

  private func rules(from first: Int, before end: Int, _ names: [Int: ChainName]) -> [Rule] {
    entries.filter { $0.offset >= first && $0.offset < end }.map { $0.rule { names[$0] } }
  }
}
