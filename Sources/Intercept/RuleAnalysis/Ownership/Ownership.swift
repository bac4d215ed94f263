public import NetworkValues
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
/// | `dns` | nat, raw: UDP ports 53 and 15053 with RETURN, REDIRECT to 15053, zones 1 and 2 | an `ISTIO_` chain in any table, but none of 1.25 or later, or a REDIRECT of DNS to 15053 in nat OUTPUT |
/// | `dropInvalid` | exactly `--ctstate INVALID -j DROP` in mangle PREROUTING | an `ISTIO_` chain in any table, but none of 1.25 or later |
/// | `guardRail` | `-p udp -j DROP`, `-p tcp -j DROP` in filter | at the front of INPUT, FORWARD and OUTPUT |
public struct Ownership: Sendable {
  private let evidence: OwnershipEvidence
  private let wanted: Ruleset?
  /// True if foreign rules are claimed as well, to compare all rules of two sets.
  private let claimsEverything: Bool

  /// Collects the evidence.
  ///
  /// - Parameters:
  ///     - live: the installed rules.
  ///     - wanted: the rules that a configuration builds. Equal rules in built-in chains are claimed without further
  ///       evidence.
  public init(of live: Ruleset, wanted: Ruleset? = nil) {
    self.init(of: live, wanted: wanted, claimsEverything: false)
  }

  init(of live: Ruleset, wanted: Ruleset?, claimsEverything: Bool) {
    self.claimsEverything = claimsEverything
    evidence = OwnershipEvidence(live)
    self.wanted = wanted
  }

  /// True if Istio's guard rails are installed, which drop all traffic while other rules are replaced.
  public var hasGuardRails: Bool { evidence.guardRailDepth > 0 }

  /// True if any table has an `ISTIO_` chain.
  var hasIstioChains: Bool { evidence.hasIstioChains }

  /// The foreign rules that would be claimed beside rules of Istio: they look like some of its own, and nothing would
  /// tell them from those any more.
  ///
  /// - Parameters:
  ///   - live: the installed rules, of which this value has the evidence.
  ///   - installing: the rules to install in place of the claimed ones.
  public func contested(in live: Ruleset, beside installing: Ruleset) -> [ContestedRule] {
    let foreign = live.tables.map { table in
      Table(
        table.name, chains: table.chains.filter { !$0.name.isIstio }.map { without(claimed: $0, table.name) })
    }
    let all = Ruleset(live.family, tables: foreign + installing.tables)
    let after = Ownership(of: all, wanted: wanted)
    guard after.evidence != evidence else { return [] }
    return foreign.flatMap { table in
      table.chains.flatMap { chain in
        after.claimed(in: chain, of: table.name).map {
          ContestedRule(family: live.family, table: table.name, chain: chain.name, rule: chain.rules[$0])
        }
      }
    }
  }

  private func without(claimed chain: Chain, _ table: TableName) -> Chain {
    let owned = Set(claimed(in: chain, of: table))
    return Chain(
      chain.name, policy: chain.policy,
      rules: chain.rules.indices.filter { !owned.contains($0) }.map { chain.rules[$0] })
  }

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
    if KnownGuardRails.contains(builtIn, index, depth: evidence.guardRailDepth) { return .guardRail }
    return claim(on: normalized, at: builtIn)
  }

  /// Indices of the claimed rules of a chain.
  public func claimed(in chain: Chain, of table: TableName) -> [Int] {
    if claimsEverything { return Array(chain.rules.indices) }
    return chain.rules.indices.filter { claim(on: chain.rules[$0], at: $0, in: chain.name, of: table) != nil }
  }

  /// Claim on a rule of a built-in chain by its form alone, valid only with further evidence.
  private func claim(on rule: NormalizedRule, at chain: BuiltInChain) -> Claim? {
    let isOlder = hasIstioChains && !evidence.isRecent
    if isOlder || evidence.redirectsDNS, KnownDNSRules.contains(rule, at: chain) { return .dns }
    guard hasIstioChains else { return nil }
    if evidence.istioTables.contains(chain.table) {
      if KnownInterfaceRules.contains(rule, at: chain) { return .interface }
      if KnownTProxyRules.contains(rule, at: chain) { return .tproxy }
    }
    return isOlder && KnownDropInvalidRule.contains(rule, at: chain) ? .dropInvalid : nil
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

/// Signs of Istio in installed rules.
private struct OwnershipEvidence: Hashable, Sendable {
  /// The tables with an `ISTIO_` chain.
  let istioTables: Set<TableName>
  /// True if OUTPUT jumps to ISTIO_OUTPUT for every protocol, as from 1.25 on. These releases add rules for DNS and for
  /// invalid packets to their own chains alone.
  let isRecent: Bool
  /// True if nat OUTPUT redirects DNS to the agent.
  let redirectsDNS: Bool
  /// Number of guard rails at the front of each chain of filter.
  let guardRailDepth: Int

  init(_ live: Ruleset) {
    istioTables = Set(live.tables.filter { $0.chains.contains(where: \.name.isIstio) }.map(\.name))
    let output = live.tables.filter { $0.name == .nat }.flatMap { $0[ChainName(.output)]?.rules ?? [] }
    isRecent = output.contains { $0.matches.isEmpty && $0.target == .jump(.istioOutput) }
    redirectsDNS = output.contains(where: KnownDNSRules.isEvidence)
    guardRailDepth = KnownGuardRails.depth(in: live)
  }

  var hasIstioChains: Bool { !istioTables.isEmpty }
}

/// A rule of another program that would be claimed beside rules of Istio.
public struct ContestedRule: Hashable, Sendable {
  public let family: IPFamily
  public let table: TableName
  public let chain: ChainName
  public let rule: Rule
}

extension ContestedRule: CustomStringConvertible {
  public var description: String {
    "\(family): rule \(rule.iptablesText) of \(chain) (\(table)) looks like one of Istio's, and would count as such "
      + "beside these: add a comment to it (-m comment), remove it, or give the options that build it"
  }
}

extension Ruleset {
  /// The rules that lead to `ISTIO_` chains and that no release of Istio writes, with their chains. They cannot stay
  /// without those chains.
  package var foreignJumps: [String] {
    tables.flatMap { table in
      table.chains.filter { !$0.name.isIstio }.flatMap { chain in
        chain.rules.filter { $0.isForeignJump(in: chain.name) }.map {
          "\(family): \($0.iptablesText) of \(chain.name) (\(table.name))"
        }
      }
    }
  }
}

extension Rule {
  /// True for a rule with a comment, of a chain that is not built-in, or to ISTIO_REDIRECT without an interface.
  fileprivate func isForeignJump(in chain: ChainName) -> Bool {
    guard let destination = target.destination, destination.isIstio else { return false }
    let hasInterface = matches.contains { if case .inInterface = $0 { true } else { false } }
    return chain.hook == nil || isCommented || destination == .istioRedirect && !hasInterface
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
