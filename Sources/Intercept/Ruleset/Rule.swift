/// A rule: if a packet matches everything, the target decides about it.
///
/// Two rules are equal if they mean the same for every packet and are written alike: the order in which
/// `-s -d -i -o -p` were given does not count, nor does the reason.
public struct Rule: Sendable {
  /// The conditions, in the order `iptables-save` prints them: source, destination, interfaces, protocol, then
  /// the match extensions as they were given.
  public let matches: [Match]
  public let target: Target
  /// Why the rule exists, in one line; nil where nobody said.
  public let reason: String?

  public init(_ matches: [Match], _ target: Target, reason: String? = nil) {
    self.matches = matches.inCanonicalOrder
    self.target = target
    self.reason = reason
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
