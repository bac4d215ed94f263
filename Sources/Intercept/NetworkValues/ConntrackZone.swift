/// A conntrack zone: a separate connection table.
///
/// The corresponding C type is `struct nf_conntrack_zone`.
public struct ConntrackZone: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public init(integerLiteral value: UInt16) {
    self.init(rawValue: value)
  }
}

extension ConntrackZone: CustomStringConvertible {
  public var description: String { String(rawValue) }
}

/// The zone that `-j CT` assigns to a packet, and the direction of the connection it applies to.
public struct ConntrackZoneChoice: Hashable, Sendable {
  /// Source of the zone's number.
  public enum ID: Hashable, Sendable {
    case number(ConntrackZone)
    /// The packet's mark (`XT_CT_ZONE_MARK`).
    case packetMark
  }

  public let id: ID
  /// The direction the zone applies to; nil for both.
  public let direction: ConntrackDirection?

  /// The zone's number; nil if it is the packet's mark.
  public var number: ConntrackZone? {
    switch id {
    case .number(let zone): zone
    case .packetMark: nil
    }
  }

  /// Makes a choice; nil for zone 0, the default.
  public init?(_ id: ID, in direction: ConntrackDirection? = nil) {
    guard id != .number(0) else { return nil }
    self.id = id
    self.direction = direction
  }

  /// Makes the choice of a zone for both directions; nil for zone 0, the default.
  public init?(_ zone: ConntrackZone) {
    self.init(.number(zone))
  }
}
