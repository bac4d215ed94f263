public import NetworkValues

/// A rule: if a packet matches everything, the target decides about it.
///
/// Two rules are equal if they mean the same for every packet and are written alike: the order in which
/// `-s -d -i -o -p` were given does not count, nor do the reason, the placement and the counters.
public struct Rule: Sendable {
  /// The conditions, in the order `iptables-save` prints them: source, destination, interfaces, protocol, then
  /// the match extensions as they were given.
  public let matches: [Match]
  public let target: Target
  /// Why the rule exists, in one line; nil where nobody said.
  public let reason: String?
  /// Where among other people's rules of a built-in chain it goes.
  public let placement: Placement
  /// What the rule has counted; nil where nobody looked.
  public let counters: Counters?

  /// Makes a rule. Matches that say nothing (`-s 0.0.0.0/0`) are left out.
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
  /// The same matches without those that say nothing, those of the packet's header first and in their order.
  fileprivate var inCanonicalOrder: [Match] {
    let matches = contains(where: \.isVoid) ? filter { !$0.isVoid } : self
    // Most rules come in order, and there are many.
    guard zip(matches, matches.dropFirst()).contains(where: { $0.rank > $1.rank }) else { return matches }
    return matches.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element)
  }
}
