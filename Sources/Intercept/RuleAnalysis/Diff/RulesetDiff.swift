public import NetworkValues
public import RuleModel

/// Semantic difference between live and wanted rules; spelling does not matter.
///
/// It compares all of the `ISTIO_` chains, jumps to them, and the rules that Istio adds to built-in chains
/// (see ``Ownership``). Foreign rules count only if they shadow a rule of Istio. Policies
/// count only between two texts: they apply to packets that no rule matches, and belong to the firewall. A trace shows
/// their effect.
public struct RulesetDiff: Hashable, Sendable {
  public let family: IPFamily
  /// The chains with differences, in the order of tables and chains.
  public let chains: [ChainDiff]

  /// True if nothing differs.
  public var isEmpty: Bool { chains.isEmpty }

  /// Compares two rule sets of the family of the wanted one.
  ///
  /// Conditions on interfaces do not count in tables from a listing that does not show them, and neither do foreign
  /// rules there, which may have such conditions.
  public init(wanted: Ruleset, live: Ruleset) {
    self.init(wanted: wanted, live: live, comparesForeign: false)
  }

  /// Compares every rule and policy of two rule sets of a family, whoever installed it.
  public init(from before: Ruleset, to after: Ruleset) {
    self.init(wanted: before, live: after, comparesForeign: true)
  }

  private init(wanted: Ruleset, live: Ruleset, comparesForeign: Bool) {
    family = wanted.family
    let hidden = live.tablesHidingInterfaces.union(wanted.tablesHidingInterfaces)
    let (wanted, live) = (wanted.withoutInterfaces(in: hidden), live.withoutInterfaces(in: hidden))
    let ownership = Ownership(of: live, wanted: wanted, claimsEverything: comparesForeign)
    chains = TableName.allCases.sorted().flatMap { name in
      TableComparison(
        wanted: wanted[name] ?? Table(name), live: live[name] ?? Table(name), ownership,
        countsForeign: !hidden.contains(name), comparesPolicies: comparesForeign
      ).chains
    }
  }

  /// The differences of all chains.
  public var differences: [Difference] { chains.flatMap(\.differences) }

  /// True if the live rules of Istio are the wanted ones; foreign rules may shadow them.
  public var isInstalled: Bool {
    chains.allSatisfy { $0.presence == .present && $0.differences.allSatisfy { $0.kind == .shadowed } }
  }
}

extension [Ruleset] {
  /// Differences of live rules from these, for each live family.
  public func differences(from live: [Ruleset]) -> [RulesetDiff] {
    live.map { RulesetDiff(wanted: self[$0.family], live: $0) }
  }
}

/// Differences of one chain.
public struct ChainDiff: Hashable, Sendable {
  /// Presence of the chain itself.
  public enum Presence: String, Hashable, Sendable, Encodable {
    /// Present and wanted. Built-in chains always count as present.
    case present
    case missing
    case unexpected
  }

  public let table: TableName
  public let chain: ChainName
  public let presence: Presence
  public let differences: [Difference]

  /// True if nothing differs.
  var isEmpty: Bool { presence == .present && differences.isEmpty }
}

/// A rule and its number in the chain, from 1 as in `iptables -L --line-numbers`.
public struct PlacedRule: Hashable, Sendable {
  public let rule: Rule
  public let number: Int

  init(_ rule: Rule, at index: Int) {
    self.rule = rule
    number = index + 1
  }
}

/// One difference between the live and the wanted rules of a chain.
public enum Difference: Hashable, Sendable {
  /// The wanted rule is absent.
  case missing(PlacedRule)
  /// A rule of Istio is there but not wanted, or is a duplicate.
  case unexpected(PlacedRule, isDuplicate: Bool)
  /// A similar rule is in place of the wanted one; `parts` lists the differences.
  case changed(wanted: PlacedRule, live: PlacedRule, parts: [ChangedPart])
  /// The policy of a built-in chain is another.
  case policy(wanted: Policy, live: Policy)
  /// The rule is in another position.
  case moved(wanted: PlacedRule, live: PlacedRule, to: Destination)
  /// A foreign rule handles packets before rules of Istio get them.
  case shadowed(by: PlacedRule, inside: ForeignVerdict?, rules: [PlacedRule])

  /// Wanted position of a moved rule, relative to a neighbour in its own wanted position.
  public enum Destination: Hashable, Sendable {
    case before(Rule)
    case after(Rule)
  }

  /// Kind of a difference, in one word.
  public enum Kind: String, Hashable, Sendable, CaseIterable, Encodable {
    case missing, unexpected, changed, moved, shadowed
  }

  public var kind: Kind {
    switch self {
    case .missing: .missing
    case .unexpected: .unexpected
    case .changed, .policy: .changed
    case .moved: .moved
    case .shadowed: .shadowed
    }
  }

  /// Purpose of the rule, taken from the wanted rules if possible: live rules seldom state it.
  public var reason: String? {
    switch self {
    case .missing(let rule), .changed(let rule, _, _), .moved(let rule, _, _): rule.rule.reason
    case .unexpected(let rule, _): rule.rule.reason
    case .policy: nil
    case .shadowed(_, _, let rules): rules.first?.rule.reason
    }
  }
}

/// The rule in a called foreign chain that ends the evaluation of shadowed packets.
public struct ForeignVerdict: Hashable, Sendable {
  public let chain: ChainName
  public let rule: PlacedRule
}

/// A part of a rule that differs, in iptables syntax.
public struct ChangedPart: Hashable, Sendable, Encodable {
  /// The live part, such as `--dport 15021`; nil if the live rule lacks it.
  public let live: String?
  /// The wanted part; nil if the wanted rule lacks it.
  public let wanted: String?

  /// One line: `--dport 15021 should be 15020`.
  public var text: String {
    switch (live, wanted) {
    case (let live?, let wanted?): "\(live) should be \(Self.shortened(wanted, besides: live))"
    case (nil, let wanted?): "\(wanted) is missing"
    case (let live?, nil): "\(live) is there, but not wanted"
    case (nil, nil): ""
    }
  }

  /// The wanted part without the option, if both parts have the same one.
  private static func shortened(_ wanted: String, besides live: String) -> String {
    guard let blank = wanted.lastIndex(of: " "), live.hasPrefix(wanted[...blank]) else { return wanted }
    return String(wanted[wanted.index(after: blank)...])
  }
}

extension ChangedPart {
  /// Differences between two rules: conditions in the order of the text, then the target.
  static func parts(wanted: NormalizedRule, live: NormalizedRule) -> [ChangedPart] {
    let fields = PacketFieldSet(wanted.conditions.symmetricDifference(live.conditions)).fields
    let conditions = fields.flatMap { field in
      paired(
        wanted.conditions(about: field).filter { !live.conditions.contains($0) }.map(\.text),
        live.conditions(about: field).filter { !wanted.conditions.contains($0) }.map(\.text))
    }
    guard wanted.target != live.target else { return conditions }
    return conditions + paired(wanted.target.words, live.target.words)
  }

  private static func paired(_ wanted: [String], _ live: [String]) -> [ChangedPart] {
    (0..<max(wanted.count, live.count)).map { index in
      ChangedPart(
        live: index < live.count ? live[index] : nil, wanted: index < wanted.count ? wanted[index] : nil)
    }
  }
}

extension Target {
  /// Text of the target; empty if there is no target.
  fileprivate var words: [String] { iptablesText.isEmpty ? [] : [iptablesText] }
}
