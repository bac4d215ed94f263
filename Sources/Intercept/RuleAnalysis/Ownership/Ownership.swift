public import RuleModel

/// Identifies the chains and rules of a live rule set that Istio or this program installed, for all options
/// and releases from 1.14 to 1.31.
///
/// The name `ISTIO_…` is sufficient for chains and for jumps to them. A rule of a built-in chain is claimed
/// only with further evidence:
///
/// | claim | rule | evidence |
/// | --- | --- | --- |
/// | `wanted` | normal form equals that of a wanted rule of the chain | the configuration |
/// | `interface` | nat, mangle: `-i IF` / `-o IF`, nat also `-i IF -d CIDR`, and `-j RETURN` | an `ISTIO_` chain in the table |
/// | `tproxy` | mangle: MARK, CONNMARK and RETURN over marks and owners of TCP | an `ISTIO_` chain in the table |
/// | `dns` | nat, raw: UDP ports 53 and 15053 with RETURN, REDIRECT to 15053, zones 1 and 2 | an `ISTIO_` chain in any table, or a REDIRECT of DNS to 15053 in nat OUTPUT |
/// | `dropInvalid` | exactly `--ctstate INVALID -j DROP` in mangle PREROUTING | an `ISTIO_` chain in any table |
/// | `guardRail` | `-p udp -j DROP`, `-p tcp -j DROP` in filter | at the front of INPUT, FORWARD and OUTPUT |
public struct Ownership: Sendable {
  private let istioTables: Set<TableName>
  /// True if nat OUTPUT redirects DNS to the agent.
  private let redirectsDNS: Bool
  /// Number of guard rails at the front of each chain of filter.
  private let guardRailDepth: Int
  private let wanted: Ruleset?
  /// True if foreign rules are claimed as well, to compare all rules of two sets.
  private let claimsEverything: Bool

  /// Collects the evidence.
  ///
  /// - Parameters:
  ///     - live: the installed rules.
  ///     - wanted: the rules that a configuration builds. Equal rules in built-in chains are claimed without further
  ///       evidence.
  ///     - installing: rules that are about to be installed. Their `ISTIO_` chains are evidence already, so that claims
  ///       before and after the installation agree.
  public init(of live: Ruleset, wanted: Ruleset? = nil, installing: Ruleset? = nil) {
    self.init(of: live, wanted: wanted, installing: installing, claimsEverything: false)
  }

  init(of live: Ruleset, wanted: Ruleset?, installing: Ruleset? = nil, claimsEverything: Bool) {
    self.claimsEverything = claimsEverything
    let tables = live.tables + (installing?.tables ?? [])
    istioTables = Set(tables.filter { $0.chains.contains(where: \.name.isIstio) }.map(\.name))
    redirectsDNS = live[.nat]?[ChainName(.output)]?.rules.contains(where: KnownDNSRules.isEvidence) ?? false
    guardRailDepth = KnownGuardRails.depth(in: live)
    self.wanted = wanted
  }

  /// True if Istio's guard rails are installed, which drop all traffic while other rules are replaced.
  public var hasGuardRails: Bool { guardRailDepth > 0 }

  /// True if any table has an `ISTIO_` chain.
  var hasIstioChains: Bool { !istioTables.isEmpty }

  /// Reason for claiming a rule; nil for a foreign rule.
  public func claim(on rule: Rule, at index: Int, in chain: ChainName, of table: TableName) -> Claim? {
    if chain.isIstio { return .inIstioChain }
    if rule.target.destination?.isIstio == true { return .leadsToIstioChain }
    guard let hook = chain.hook else { return nil }
    let (normalized, builtIn) = (NormalizedRule(rule), BuiltInChain(table: table, hook: hook))
    if wanted?[table, chain]?.rules.contains(where: { NormalizedRule($0) == normalized }) == true {
      return .wanted
    }
    // Istio's programs add no comments to rules.
    if rule.isCommented { return nil }
    if KnownGuardRails.contains(builtIn, index, depth: guardRailDepth) { return .guardRail }
    return claim(on: normalized, at: builtIn)
  }

  /// Indices of the claimed rules of a chain.
  public func claimed(in chain: Chain, of table: TableName) -> [Int] {
    if claimsEverything { return Array(chain.rules.indices) }
    return chain.rules.indices.filter { claim(on: chain.rules[$0], at: $0, in: chain.name, of: table) != nil }
  }

  /// Claim on a rule of a built-in chain by its form alone, valid only with further evidence.
  private func claim(on rule: NormalizedRule, at chain: BuiltInChain) -> Claim? {
    if hasIstioChains || redirectsDNS, KnownDNSRules.contains(rule, at: chain) { return .dns }
    guard hasIstioChains else { return nil }
    if istioTables.contains(chain.table) {
      if KnownInterfaceRules.contains(rule, at: chain) { return .interface }
      if KnownTProxyRules.contains(rule, at: chain) { return .tproxy }
    }
    return KnownDropInvalidRule.contains(rule, at: chain) ? .dropInvalid : nil
  }
}

extension Ruleset {
  /// The `ISTIO_` chains, and the claimed rules of other chains.
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
struct BuiltInChain: Hashable, Sendable {
  let table: TableName
  let hook: Hook
}

extension Rule {
  /// True if the rule has a comment.
  var isCommented: Bool { matches.contains { if case .comment = $0 { true } else { false } } }
}

/// Reason for attributing a rule to Istio or this program.
public enum Claim: String, Hashable, Sendable, CaseIterable {
  /// The rule is in a chain named `ISTIO_…`.
  case inIstioChain
  /// The rule jumps or goes to a chain named `ISTIO_…`.
  case leadsToIstioChain
  /// The configuration builds an equal rule in this chain.
  case wanted
  /// `-i IF -j RETURN`, `-o IF -j RETURN`: an excluded interface, or one of KubeVirt's.
  case interface
  /// TPROXY's rules in mangle PREROUTING and OUTPUT, which save and restore the mark.
  case tproxy
  /// `-m conntrack --ctstate INVALID -j DROP` in mangle PREROUTING, up to 1.23.
  case dropInvalid
  /// DNS capture in the built-in chains of nat and raw, up to 1.24.
  case dns
  /// One of the six guard rails with which Istio drops all traffic while it replaces rules.
  case guardRail
}
