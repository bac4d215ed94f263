import NetworkValues

/// A match that is not modelled, kept as text: `-m statistic --mode random --probability 0.5`.
public struct OpaqueMatch: Hashable, Sendable {
  /// Name and options in the form of `iptables-save`.
  public let text: String

  public init(_ text: String) {
    self.text = text
  }

  /// The conditions on interfaces of a rule in a listing of `iptables -L` without `-v`, which does not show them.
  public static let unlistedInterfaces = OpaqueMatch("-i ? -o ?")

  /// The match's position in a printed rule: header options have fixed places before the match extensions.
  var rank: Int {
    var bytes = text.utf8[...]
    if bytes.first == .exclamationMark { bytes = bytes.dropFirst(2) }
    guard bytes.popFirst() == .hyphen else { return 6 }
    switch bytes.first {
    case UInt8(ascii: "s"): return 0
    case UInt8(ascii: "d"): return 1
    case UInt8(ascii: "i"): return 2
    case UInt8(ascii: "o"): return 3
    case UInt8(ascii: "f"): return 5
    default: return 6
    }
  }
}

/// A target that is not modelled, kept as text: `LOG --log-prefix "in: "`.
public struct OpaqueTarget: Hashable, Sendable {
  /// Name and options in the form of `iptables-save`, without `-j`.
  public let text: String

  public init(_ text: String) {
    self.text = text
  }

  /// Rules that a text does not show, at the place where a packet may meet them.
  public static let unlistedRules = OpaqueTarget("(rules that the text does not show)")

  /// The target's name: `LOG`.
  public var name: Substring { text.prefix { $0 != " " } }
}
