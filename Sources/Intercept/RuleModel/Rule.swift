public import NetworkValues

/// A rule: matches and a target that is applied to packets that satisfy all of them.
///
/// Two rules are equal if matches and target are equal. The order of `-s -d -i -o -p`, the reason, the placement and the
/// counters are not compared.
public struct Rule: Sendable {
  /// The matches in the order `iptables-save` prints them: source, destination, interfaces, protocol, then the match
  /// extensions in the given order.
  public let matches: [Match]
  public let target: Target
  /// The reason for the rule, in one line; nil if it is unknown.
  public let reason: String?
  /// The rule's position among the existing rules of a built-in chain.
  public let placement: Placement
  /// The rule's counters; nil if they were not read.
  public let counters: Counters?

  /// Makes a rule without matches of every packet (`-s 0.0.0.0/0`).
  public init(
    _ matches: [Match], _ target: Target, reason: String? = nil, placement: Placement = .last,
    counters: Counters? = nil
  ) {
    self.matches = matches.inCanonicalOrder
    self.target = target
    self.reason = reason
    self.placement = placement
    self.counters = counters
  }

  /// The position of a new rule in a built-in chain.
  public enum Placement: Hashable, Sendable {
    /// Before all existing rules (`-I`).
    case first
    /// After them (`-A`).
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
  /// The matches without those of every packet, header matches first.
  fileprivate var inCanonicalOrder: [Match] {
    let matches = contains(where: \.isVoid) ? filter { !$0.isVoid } : self
    // Most rules are in order already, and there are many.
    guard zip(matches, matches.dropFirst()).contains(where: { $0.rank > $1.rank }) else { return matches }
    return matches.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element)
  }
}
