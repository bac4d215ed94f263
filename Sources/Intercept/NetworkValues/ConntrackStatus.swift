/// What has happened to a connection so far (`IPS_*`), as a set; empty for nothing.
public struct ConntrackStatus: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  /// Makes a set of the four bits that iptables has names for; others are left out.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue & 0xf
  }

  /// A helper announced the connection.
  public static let expected = ConntrackStatus(rawValue: 1 << 0)
  /// Packets went both ways.
  public static let seenReply = ConntrackStatus(rawValue: 1 << 1)
  /// The connection is not dropped early where the table is full.
  public static let assured = ConntrackStatus(rawValue: 1 << 2)
  /// The first packet has left this host.
  public static let confirmed = ConntrackStatus(rawValue: 1 << 3)
}

extension ConntrackStatus: CustomStringConvertible {
  /// The bits by name, in the order `iptables-save` prints them.
  package static let names: [(value: ConntrackStatus, name: String)] = [
    (.expected, "EXPECTED"), (.seenReply, "SEEN_REPLY"), (.assured, "ASSURED"), (.confirmed, "CONFIRMED"),
  ]

  public var description: String {
    isEmpty ? "NONE" : Self.names.filter { contains($0.value) }.map(\.name).joined(separator: ",")
  }
}

/// Which way a packet of a connection goes (`IP_CT_DIR_*`).
public enum ConntrackDirection: String, Hashable, Sendable, CaseIterable {
  /// As the connection's first packet went.
  case original = "ORIGINAL"
  case reply = "REPLY"
}
