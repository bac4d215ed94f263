/// Connection-tracking states of a packet, as a set.
///
/// The corresponding C constants are `XT_CONNTRACK_STATE_*`.
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

/// Status bits of a connection, as a set; empty for a connection without any.
///
/// The corresponding C constants are `IPS_*`.
public struct ConntrackStatus: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  /// Makes a set of the four bits that iptables names; other bits are dropped.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue & 0xf
  }

  /// The connection was expected: a helper announced it.
  public static let expected = ConntrackStatus(rawValue: 1 << 0)
  /// Packets were seen in both directions.
  public static let seenReply = ConntrackStatus(rawValue: 1 << 1)
  /// The connection is not evicted early when the table is full.
  public static let assured = ConntrackStatus(rawValue: 1 << 2)
  /// The connection is in the table: its first packet has left this host.
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

/// A direction of a connection.
///
/// The corresponding C constants are `IP_CT_DIR_*`.
public enum ConntrackDirection: String, Hashable, Sendable, CaseIterable {
  /// The direction of the connection's first packet.
  case original = "ORIGINAL"
  case reply = "REPLY"
}

/// Conntrack events that the kernel reports to listeners, as a set.
///
/// The corresponding C constants are `IPCT_*`.
public struct ConntrackEvents: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  /// Makes a set of the ten events that iptables names; other bits are dropped.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue & 0x3ff
  }

  /// The events by name, in the order `iptables-save` prints them, which is the order of their bits.
  package static let names: [(value: ConntrackEvents, name: String)] = [
    "new", "related", "destroy", "reply", "assured", "protoinfo", "helper", "mark", "natseqinfo", "secmark",
  ].enumerated().map { (ConntrackEvents(rawValue: 1 << $0.offset), $0.element) }
}

/// Events of an expected connection, as a set.
///
/// The corresponding C constants are `IPEXP_*`.
public struct ConntrackExpectationEvents: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  /// Makes a set of the one event that iptables names; other bits are dropped.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue & 1
  }

  package static let names: [(value: ConntrackExpectationEvents, name: String)] = [
    (ConntrackExpectationEvents(rawValue: 1), "new")
  ]
}

/// The name of a conntrack helper or timeout policy: no blanks, quotes, backslash or control characters.
public struct ConntrackObjectName: Hashable, Sendable, LosslessStringConvertible {
  public let description: String

  public init?(_ description: String) {
    guard !description.isEmpty, !description.hasPrefix("-"), description != "!",
      description.utf8.allSatisfy(\.isNameByte)
    else { return nil }
    self.description = description
  }
}
