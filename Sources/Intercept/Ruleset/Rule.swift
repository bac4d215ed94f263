/// A rule: if a packet matches everything, the target decides about it.
///
/// Two rules are equal if they mean the same for every packet and are written alike: the order in which
/// `-s -d -i -o -p` were given does not count, nor do the reason and the placement.
public struct Rule: Sendable {
  /// The conditions, in the order `iptables-save` prints them: source, destination, interfaces, protocol, then
  /// the match extensions as they were given.
  public let matches: [Match]
  public let target: Target
  /// Why the rule exists, in one line; nil where nobody said.
  public let reason: String?
  /// Where among other people's rules of a built-in chain it goes.
  public let placement: Placement

  public init(
    _ matches: [Match], _ target: Target, reason: String? = nil, placement: Placement = .last
  ) {
    self.matches = matches.inCanonicalOrder
    self.target = target
    self.reason = reason
    self.placement = placement
  }

  /// Where a rule goes that is new in a built-in chain.
  public enum Placement: Hashable, Sendable {
    /// In front of all rules that are there (`-I`).
    case first
    /// Behind them (`-A`).
    case last
  }
}

extension Rule: Hashable {
  public static func == (left: Rule, right: Rule) -> Bool {
    left.matches == right.matches && left.target == right.target
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(matches)
    hasher.combine(target)
  }
}

extension [Match] {
  /// The same matches, those of the packet's header first and in their fixed order.
  fileprivate var inCanonicalOrder: [Match] {
    enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
  }
}
