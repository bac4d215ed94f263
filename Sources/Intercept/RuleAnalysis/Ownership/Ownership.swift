public import RuleModel

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
/// | `guardRail` | `-p udp -j DROP`, `-p tcp -j DROP` in filter | at the front of INPUT, FORWARD and OUTPUT |
public struct Ownership: Sendable {
  private let istioTables: Set<TableName>
  /// How far down each chain of filter the rules stand with which Istio shuts a namespace.
  private let guardRailDepth: Int
  private let wanted: Ruleset?

  /// Collects the evidence.
  ///
  /// - Parameters:
  ///   - live: the rules that are there.
  ///   - wanted: the rules that a configuration builds: what they put in a built-in chain is ours without
  ///     further evidence.
  public init(of live: Ruleset, wanted: Ruleset? = nil) {
    istioTables = Set(live.tables.filter { $0.chains.contains(where: \.name.isIstio) }.map(\.name))
    guardRailDepth = KnownGuardRails.depth(in: live)
    self.wanted = wanted
  }

  /// Whether the rules are there with which Istio shuts a namespace while it changes the others: nothing passes.
  public var hasGuardRails: Bool { guardRailDepth > 0 }

  /// Whether anything of Istio's is there at all.
  var hasEvidence: Bool { !istioTables.isEmpty }

  /// Why the rule at a place of a chain is ours; nil for a foreign one.
  public func claim(on rule: Rule, at index: Int, in chain: ChainName, of table: TableName) -> Claim? {
    if chain.isIstio { return .inIstioChain }
    if rule.target.destination?.isIstio == true { return .leadsToIstioChain }
    guard let hook = chain.hook else { return nil }
    let (meaning, position) = (NormalizedRule(rule), Position(table: table, hook: hook))
    if wanted?[table, chain]?.rules.contains(where: { NormalizedRule($0) == meaning }) == true {
      return .wanted
    }
    // Istio's programs write no comments.
    if rule.isCommented { return nil }
    if KnownGuardRails.include(position, index, depth: guardRailDepth) { return .guardRail }
    return claim(on: meaning, at: position)
  }

  /// Where the rules of ours stand in a chain, as indices.
  public func claimed(in chain: Chain, of table: TableName) -> [Int] {
    chain.rules.indices.filter { claim(on: chain.rules[$0], at: $0, in: chain.name, of: table) != nil }
  }

  /// What a rule of a built-in chain looks like, given that Istio was here at all.
  private func claim(on meaning: NormalizedRule, at position: Position) -> Claim? {
    guard hasEvidence else { return nil }
    if istioTables.contains(position.table) {
      if KnownInterfaceRules.include(meaning, at: position) { return .interface }
      if KnownTProxyRules.include(meaning, at: position) { return .tproxy }
    }
    if KnownDNSRules.include(meaning, at: position) { return .dns }
    return KnownDropInvalidRule.includes(meaning, at: position) ? .dropInvalid : nil
  }
}

extension Ruleset {
  /// Istio's chains, and the rules of other chains that an ownership claims.
  ///
  /// - Parameter known: rules of a configuration, which are claimed without further evidence.
  package func owned(known: Ruleset? = nil) -> Ruleset {
    let owner = Ownership(of: self, wanted: known)
    return Ruleset(
      family,
      tables: tables.map { table in
        Table(
          table.name,
          chains: table.chains.compactMap { chain in
            let rules = owner.claimed(in: chain, of: table.name).map { chain.rules[$0] }
            return chain.name.isIstio || !rules.isEmpty ? Chain(chain.name, rules: rules) : nil
          })
      })
  }
}

/// A built-in chain of a table.
struct Position: Hashable, Sendable {
  let table: TableName
  let hook: Hook
}

extension Rule {
  /// Whether somebody has written beside it what it is for.
  var isCommented: Bool { matches.contains { if case .comment = $0 { true } else { false } } }
}
