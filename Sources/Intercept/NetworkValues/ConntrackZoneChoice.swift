/// The zone that `-j CT` gives a packet: which, and for which direction of the connection.
public struct ConntrackZoneChoice: Hashable, Sendable {
  /// Where the zone's number comes from.
  public enum ID: Hashable, Sendable {
    case number(ConntrackZone)
    /// The packet's mark (`XT_CT_ZONE_MARK`).
    case packetMark
  }

  public let id: ID
  /// The direction for which the zone holds; nil for both.
  public let direction: ConntrackDirection?

  /// The zone's number, if it is a fixed one.
  public var number: ConntrackZone? {
    switch id {
    case .number(let zone): zone
    case .packetMark: nil
    }
  }

  /// Makes the choice; nil for zone 0, the default, which is no choice.
  public init?(_ id: ID, in direction: ConntrackDirection? = nil) {
    guard id != .number(0) else { return nil }
    self.id = id
    self.direction = direction
  }

  /// Makes the choice of one zone for both directions; nil for zone 0, the default.
  public init?(_ zone: ConntrackZone) {
    self.init(.number(zone))
  }
}
