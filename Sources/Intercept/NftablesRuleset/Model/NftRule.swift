public import NetworkValues
public import RuleModel

/// A rule of nf_tables: matches and statements in the order of evaluation.
///
/// Two rules are equal if they have the same parts: text, comment, handle and counters are not compared.
public struct NftRule: Sendable {
  /// Matches and statements, in order.
  public let parts: [NftPart]
  /// The rule as `nft -s list ruleset` prints it: without figures of counters, handle and comment.
  public let text: String
  /// The comment in the rule's user data.
  public let comment: String?
  /// The number that identifies the rule in its table.
  public let handle: UInt64?
  /// The figures of the rule's counter; nil without a counter, or if they were not read.
  public let counters: Counters?

  public init(
    _ parts: [NftPart], text: String, comment: String? = nil, handle: UInt64? = nil,
    counters: Counters? = nil
  ) {
    self.parts = parts
    self.text = text
    self.comment = comment
    self.handle = handle
    self.counters = counters
  }
}

extension NftRule: Hashable {
  public static func == (left: NftRule, right: NftRule) -> Bool { left.parts == right.parts }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(parts)
  }
}

/// A match or a statement of a rule.
public enum NftPart: Hashable, Sendable {
  case match(NftMatch)
  /// A match of x_tables, which iptables-nft writes: `-m owner --uid-owner 1337`.
  case iptables(Match)
  case statement(NftStatement)

  /// The chain of a jump or goto.
  public var calledChain: String? {
    switch self {
    case .statement(.verdict(.jump(let chain))), .statement(.verdict(.goto(let chain))): chain
    case .match, .iptables, .statement: nil
    }
  }
}

/// A comparison of a packet's fields. The rule ends at a match that does not hold.
public struct NftMatch: Hashable, Sendable {
  /// The compared fields; several for a concatenation (`ip daddr . tcp dport`).
  public let keys: [NftKey]
  /// The bits of a single field that are compared (`meta mark & 0xff`); nil for all.
  public let mask: UInt128?
  public let comparison: NftComparison
  /// The match as `nft` prints it.
  public let text: String

  public init(_ keys: [NftKey], mask: UInt128? = nil, _ comparison: NftComparison, text: String) {
    self.keys = keys
    self.mask = mask
    self.comparison = comparison
    self.text = text
  }
}

/// The operator and the right side of a match.
public enum NftComparison: Hashable, Sendable {
  /// `==`, `!=`: the fields are, or are not, one of the values of an anonymous set, a range or a value.
  case values(NftElements, isNegated: Bool)
  /// `@name`: the fields are, or are not, in a named set of the table.
  case set(String, isNegated: Bool)
  /// `ct state new,related`: one of the bits is set, or none of them is.
  case bits(UInt128, isNegated: Bool)
}

/// Values of one or several fields, each a range of numbers.
public struct NftElements: Hashable, Sendable {
  public var elements: [NftElement]

  public init(_ elements: [NftElement]) {
    self.elements = elements
  }
}

/// A member of a set, with the data that a map assigns to it.
public struct NftElement: Hashable, Sendable {
  /// A range of numbers for each of the key's fields; empty for the element of all other keys (`*`).
  public let key: [ClosedRange<UInt128>]
  /// The value of a map's element.
  public let data: NftData?

  public init(_ key: [ClosedRange<UInt128>], data: NftData? = nil) {
    self.key = key
    self.data = data
  }
}

/// The value that a map assigns to a key.
public enum NftData: Hashable, Sendable {
  case verdict(NftVerdict)
  /// A number for each field: an address, a port, a mark.
  case values([ClosedRange<UInt128>])
  /// Data that is not modelled, as text.
  case opaque(String)
}

/// A named set or map of a table.
public struct NftSet: Hashable, Sendable {
  public let name: String
  /// The elements; nil if some of them are not modelled.
  public let elements: NftElements?

  public init(_ name: String, elements: NftElements?) {
    self.name = name
    self.elements = elements
  }
}
