import NetworkValues
import NftablesModel
public import RuleModel

extension NftRuleset {
  /// The reason for which a listing seems to be a part of a rule set, in a sentence: a chain is missing to which a rule
  /// jumps, or a table has no base chain. Nil if it seems whole.
  public var missingPart: String? { tables.lazy.compactMap(\.missingPart).first }

  /// The tables and chains that a listing shows.
  ///
  /// - Parameter endsEarly: true if the end of the last table is missing.
  public func coverage(endsEarly: Bool) -> RuleCoverage {
    var coverage = RuleCoverage()
    for (index, table) in tables.enumerated() {
      let isCut = endsEarly && index == tables.count - 1
      guard isCut || table.missingPart != nil else { continue }
      if let name = table.istioName {
        for family in IPFamily.allCases {
          coverage[name.iptablesName, family] = table.part(isCut: isCut, isNative: true)
        }
      } else if let (family, name) = table.iptablesName {
        coverage[name, family] = table.part(isCut: isCut, isNative: false)
      }
    }
    return coverage
  }
}

extension NftTable {
  fileprivate var missingPart: String? {
    let names = Set(chains.map(\.name))
    for chain in chains {
      let called = chain.rules.lazy.flatMap(\.parts).compactMap(\.calledChain)
      if let target = called.first(where: { !names.contains($0) }) {
        return "chain \(target) of table \(title), to which \(chain.name) jumps, is missing"
      }
    }
    guard let first = chains.first, !chains.contains(where: { $0.base != nil }) else { return nil }
    return "table \(title) has no base chain, from which packets come to \(first.name)"
  }

  fileprivate func part(isCut: Bool, isNative: Bool) -> RuleCoverage.Part {
    let names = chains.map { chain in
      isNative
        ? chain.base?.hook.map(ChainName.init) ?? ChainName(LiftedPlaces.name(of: chain.name))
        : ChainName(chain.name)
    }
    var part = RuleCoverage.Part(chains: Set(names.compactMap(\.self)))
    if isCut, let last = names.last ?? nil { part.gaps[last] = [.max] }
    return part
  }
}
