public import RuleModel

/// A rule and where it stands in its chain, counted from 1 as `iptables -L --line-numbers` counts.
public struct PlacedRule: Hashable, Sendable {
  public let rule: Rule
  public let number: Int

  init(_ rule: Rule, at index: Int) {
    self.rule = rule
    number = index + 1
  }
}

/// One thing in which the live rules of a chain are not as they should be.
public enum Difference: Hashable, Sendable {
  /// The rule should be there and is not.
  case missing(PlacedRule)
  /// The rule of ours is there and should not be, or not once more.
  case unexpected(PlacedRule, standsTwice: Bool)
  /// Instead of the wanted rule there is one like it; `parts` name what differs.
  case changed(wanted: PlacedRule, live: PlacedRule, parts: [ChangedPart])
  /// The rule is there, in another place.
  case moved(wanted: PlacedRule, live: PlacedRule, to: Destination)
  /// A foreign rule takes packets away from rules of ours that stand behind it.
  case shadowed(by: PlacedRule, inside: ForeignVerdict?, rules: [PlacedRule])

  /// Where a moved rule belongs, told by a neighbour that is in its place.
  public enum Destination: Hashable, Sendable {
    case before(Rule)
    case after(Rule)
  }

  /// What kind of difference it is, in one word.
  public enum Kind: String, Hashable, Sendable, CaseIterable, Encodable {
    case missing, unexpected, changed, moved, shadowed
  }

  public var kind: Kind {
    switch self {
    case .missing: .missing
    case .unexpected: .unexpected
    case .changed: .changed
    case .moved: .moved
    case .shadowed: .shadowed
    }
  }

  /// Why the rule in question exists: from the wanted rules, since live ones seldom say.
  public var reason: String? {
    switch self {
    case .missing(let rule), .changed(let rule, _, _), .moved(let rule, _, _): rule.rule.reason
    case .unexpected(let rule, _): rule.rule.reason
    case .shadowed(_, _, let rules): rules.first?.rule.reason
    }
  }
}

/// The rule deep in foreign chains at which packets end that a foreign jump takes away.
public struct ForeignVerdict: Hashable, Sendable {
  public let chain: ChainName
  public let rule: PlacedRule
}
