package import RuleEncoding
import CNetfilter
package import Intercept
package import NFTables
import Netlink

/// A table in nftables form in the kernel, with its contents. Its name alone identifies it, whichever program
/// created it.
package struct LiveNativeTable: Hashable, Sendable {
  package let raw: RawTable
  /// The chains in the order of their creation.
  package let chains: [LiveNativeChain]
  /// The sets in the order of their creation.
  package let sets: [LiveNativeSet]

  package init(_ raw: RawTable, chains: [LiveNativeChain] = [], sets: [LiveNativeSet] = []) {
    self.raw = raw
    self.chains = chains
    self.sets = sets
  }
}

/// A chain of a table in nftables form.
package struct LiveNativeChain: Hashable, Sendable {
  package let raw: RawChain
  /// The rules in the order of evaluation.
  package let rules: [RawRule]

  package init(_ raw: RawChain, rules: [RawRule]) {
    self.raw = raw
    self.rules = rules
  }
}

extension RawTable {
  /// True if the table has a name of the nftables form.
  package var isNativeForm: Bool { family == .inet && name.hasPrefix("istio-proxy-") }
}

extension NFTablesConnection where Transport: ~Copyable {
  /// Reads the contents of tables of family `inet`.
  mutating func nativeTables(_ tables: [RawTable]) throws(NetlinkError) -> [LiveNativeTable] {
    if tables.isEmpty { return [] }
    let chains = Dictionary(grouping: try chains(.inet), by: \.table)
    var live: [LiveNativeTable] = []
    for table in tables {
      let rules = Dictionary(grouping: try rules(.inet, table: table.name), by: \.chain)
      live.append(
        LiveNativeTable(
          table, chains: (chains[table.name] ?? []).map { LiveNativeChain($0, rules: rules[$0.name] ?? []) },
          sets: try nativeSets(of: table)))
    }
    return live
  }

  private mutating func nativeSets(of table: RawTable) throws(NetlinkError) -> [LiveNativeSet] {
    var live: [LiveNativeSet] = []
    for set in try sets(.inet, table: table.name) {
      live.append(LiveNativeSet(set, elements: try elements(of: set)))
    }
    return live
  }
}

extension LiveNativeTable {
  /// The table in the model of the nftables form.
  package var reading: NativeTableReading {
    let setsByName = Dictionary(sets.map { ($0.raw.name, $0) }) { first, _ in first }
    let known = chains.compactMap { $0.chain(sets: setsByName) }
    return NativeTableReading(name: raw.name, chains: known, problems: problems(knownChains: known.count))
  }

  private func problems(knownChains: Int) -> [String] {
    let ownSets = sets.filter { !$0.raw.flags.contains(.anonymous) }.map(\.raw.name)
    return [
      raw.isDormant ? "is dormant, so none of its rules has an effect" : nil,
      raw.isOwned ? "belongs to another process, which alone can change it (flag owner)" : nil,
      raw.flags & ~3 != 0 ? "has unknown flags (\(raw.flags))" : nil,
      ownSets.isEmpty ? nil : "has sets of its own: \(ownSets.joined(separator: ", "))",
      Int(raw.uses) > chains.count + sets.count ? "holds more than chains" : nil,
      knownChains < chains.count ? "has chains of a kind that is not known" : nil,
    ].compactMap(\.self)
  }
}

extension LiveNativeChain {
  /// Nil if the chain is not modelled.
  fileprivate func chain(sets: [String: LiveNativeSet]) -> NativeChain? {
    let base = raw.base.flatMap { NativeBaseChain($0) }
    guard let name = NativeChainName(raw.name), (base == nil) == (raw.base == nil), hasKnownFlags else {
      return nil
    }
    return NativeChain(name, base: base, rules: rules.map { NativeRule($0, sets: sets) })
  }

  /// True if the chain has no flags except that of a base chain.
  private var hasKnownFlags: Bool { raw.flags & ~UInt32(NFT_CHAIN_BASE.rawValue) == 0 }
}
