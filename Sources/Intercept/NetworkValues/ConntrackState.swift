/// What connection tracking says of a packet (`XT_CONNTRACK_STATE_*`), as a set.
public struct ConntrackState: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public static let invalid = ConntrackState(rawValue: 1 << 0)
  public static let established = ConntrackState(rawValue: 1 << 1)
  public static let related = ConntrackState(rawValue: 1 << 2)
  public static let new = ConntrackState(rawValue: 1 << 3)
  public static let untracked = ConntrackState(rawValue: 1 << 8)
  public static let sourceTranslated = ConntrackState(rawValue: 1 << 6)
  public static let destinationTranslated = ConntrackState(rawValue: 1 << 7)
}

extension ConntrackState: CustomStringConvertible {
  /// The states by name, in the order `iptables-save` prints them.
  static let names: [(state: ConntrackState, name: String)] = [
    (.invalid, "INVALID"), (.new, "NEW"), (.related, "RELATED"), (.established, "ESTABLISHED"),
    (.untracked, "UNTRACKED"), (.sourceTranslated, "SNAT"), (.destinationTranslated, "DNAT"),
  ]

  public var description: String {
    Self.names.filter { contains($0.state) }.map(\.name).joined(separator: ",")
  }
}
