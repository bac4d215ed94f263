/// Says which chains and rules of a live rule set are Istio's or this program's, whatever options and release
/// from 1.14 to 1.30 they were installed with.
///
/// The name `ISTIO_…` is proof enough for chains and for jumps to them. A rule of a built-in chain that merely
/// looks like ours is claimed only with evidence beside it:
///
/// | claim | rule | evidence |
/// | --- | --- | --- |
/// | `wanted` | means what a wanted rule of that chain means | the configuration |
/// | `interface` | nat, mangle: `-i IF` / `-o IF`, nat also `-i IF -d CIDR`, and `-j RETURN` | an `ISTIO_` chain in the table |
/// | `tproxy` | mangle: MARK, CONNMARK and RETURN over marks and owners of TCP | an `ISTIO_` chain in the table |
/// | `dns` | nat, raw: UDP ports 53 and 15053 with RETURN, REDIRECT to 15053, zones 1 and 2 | an `ISTIO_` chain in any table |
/// | `dropInvalid` | exactly `--ctstate INVALID -j DROP` in mangle PREROUTING | an `ISTIO_` chain in any table |
/// | `guardRail` | `-p tcp -j DROP`, `-p udp -j DROP` in filter | all six of them, an `ISTIO_` chain in any table |
public struct Ownership: Sendable {
  private let istioTables: Set<TableName>
  private let hasGuardRails: Bool
  private let wanted: [Place: Set<Meaning>]

  private struct Place: Hashable {
    let table: TableName
    let chain: ChainName
  }

  /// Collects the evidence.
  ///
  /// - Parameter wanted: the rules that a configuration builds: what they put in a built-in chain is ours
  ///   without further evidence.
  public init(of live: Ruleset, wanted: Ruleset? = nil) {
    istioTables = Set(live.tables.filter { $0.chains.contains(where: \.name.isIstio) }.map(\.name))
    hasGuardRails = KnownGuardRails.areComplete(in: live)
    self.wanted = wanted.map(Self.places) ?? [:]
  }

  /// Whether anything of Istio's is there at all.
  var hasEvidence: Bool { !istioTables.isEmpty }

  /// Why a rule is ours; nil for a foreign one.
  public func claim(on rule: Rule, in chain: ChainName, of table: TableName) -> Claim? {
    if chain.isIstio { return .inIstioChain }
    if rule.target.destination?.isIstio == true { return .leadsToIstioChain }
    guard let hook = chain.hook else { return nil }
    return claim(on: Meaning(rule), in: chain, at: Position(table: table, hook: hook))
  }

  /// Where the rules of ours stand in a chain, as indices.
  public func claimed(in chain: Chain, of table: TableName) -> [Int] {
    if chain.name.isIstio { return Array(chain.rules.indices) }
    guard chain.name.hook == nil else {
      return chain.rules.indices.filter { claim(on: chain.rules[$0], in: chain.name, of: table) != nil }
    }
    return chain.rules.indices.filter { chain.rules[$0].target.destination?.isIstio == true }
  }

  private func claim(on meaning: Meaning, in chain: ChainName, at position: Position) -> Claim? {
    if wanted[Place(table: position.table, chain: chain)]?.contains(meaning) == true { return .wanted }
    guard hasEvidence else { return nil }
    if istioTables.contains(position.table) {
      if KnownInterfaceRules.include(meaning, at: position) { return .interface }
      if KnownTProxyRules.include(meaning, at: position) { return .tproxy }
    }
    if KnownDNSRules.include(meaning, at: position) { return .dns }
    if KnownDropInvalidRule.includes(meaning, at: position) { return .dropInvalid }
    return hasGuardRails && KnownGuardRails.include(meaning, at: position) ? .guardRail : nil
  }

  /// The meanings of all rules in chains that are not Istio's.
  private static func places(of wanted: Ruleset) -> [Place: Set<Meaning>] {
    var places: [Place: Set<Meaning>] = [:]
    for table in wanted.tables {
      for chain in table.chains where !chain.name.isIstio {
        places[Place(table: table.name, chain: chain.name)] = Set(chain.rules.map(Meaning.init))
      }
    }
    return places
  }
}

/// A built-in chain of a table.
struct Position: Hashable, Sendable {
  let table: TableName
  let hook: Hook
}

extension Target {
  /// The chain that a jump or goto leads to.
  var destination: ChainName? {
    switch self {
    case .jump(let chain), .goto(let chain): chain
    case .accept, .drop, .return, .none, .redirect, .mark, .connmark, .tproxy, .ct, .opaque: nil
    }
  }
}
