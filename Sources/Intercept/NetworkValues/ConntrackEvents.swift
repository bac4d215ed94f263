/// Happenings of a connection that listeners can be told of (`IPCT_*`), as a set.
public struct ConntrackEvents: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  /// Makes a set of the ten events that iptables has names for; other bits are left out.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue & 0x3ff
  }

  /// The events by name, in the order `iptables-save` prints them, which is that of their bits.
  package static let names: [(value: ConntrackEvents, name: String)] = [
    "new", "related", "destroy", "reply", "assured", "protoinfo", "helper", "mark", "natseqinfo", "secmark",
  ].enumerated().map { (ConntrackEvents(rawValue: 1 << $0.offset), $0.element) }
}

/// Happenings of an expected connection (`IPEXP_*`), as a set.
public struct ConntrackExpectationEvents: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  /// Makes a set of the one event that iptables has a name for; other bits are left out.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue & 1
  }

  package static let names: [(value: ConntrackExpectationEvents, name: String)] = [
    (ConntrackExpectationEvents(rawValue: 1), "new")
  ]
}

/// The name of a helper or a timeout policy: no blanks, quotes, backslash or control characters.
public struct ConntrackObjectName: Hashable, Sendable, LosslessStringConvertible {
  public let description: String

  public init?(_ description: String) {
    guard !description.isEmpty, !description.hasPrefix("-"), description != "!",
      description.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && !"\"'\\".utf8.contains($0) })
    else { return nil }
    self.description = description
  }
}
