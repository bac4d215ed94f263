import CNetfilter
package import Intercept

extension LiveNativeTable {
  /// The table in the model of the native form.
  package var reading: NativeTableReading {
    let setsByName = Dictionary(sets.map { ($0.raw.name, $0) }) { first, _ in first }
    let known = chains.compactMap { $0.chain(sets: setsByName) }
    return NativeTableReading(name: raw.name, chains: known, oddities: oddities(knownChains: known.count))
  }

  private func oddities(knownChains: Int) -> [String] {
    let ownSets = sets.filter { !$0.raw.flags.contains(.anonymous) }.map(\.raw.name)
    return [
      raw.flags == 0 ? nil : "has flags (\(raw.flags))",
      ownSets.isEmpty ? nil : "has sets of its own: \(ownSets.joined(separator: ", "))",
      Int(raw.uses) > chains.count + sets.count ? "holds more than chains" : nil,
      knownChains < chains.count ? "has chains of a kind that is not known" : nil,
    ].compactMap(\.self)
  }
}

extension LiveNativeChain {
  /// Nil if the model cannot say what the chain is.
  fileprivate func chain(sets: [String: LiveNativeSet]) -> NativeChain? {
    let base = raw.base.flatMap { NativeBaseChain($0) }
    guard let name = NativeChainName(raw.name), (base == nil) == (raw.base == nil), hasKnownFlags else {
      return nil
    }
    return NativeChain(name, base: base, rules: rules.map { NativeRule($0, sets: sets) })
  }

  /// Whether the chain is one like ours, and no part of another's.
  private var hasKnownFlags: Bool { raw.flags & ~UInt32(NFT_CHAIN_BASE.rawValue) == 0 }
}
