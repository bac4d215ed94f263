public import NetworkValues

/// A connection to trace, described by its first packet.
public struct Flow: Hashable, Sendable {
  public enum Direction: String, Hashable, Sendable, CaseIterable {
    /// Sent by a socket of this namespace.
    case outbound
    /// Received on an interface, for this host.
    case inbound
    /// Received on an interface, for another host: the packet leaves on an interface again, maybe the same one.
    case forwarded
  }

  public var direction: Direction
  public var proto: IPProtocol
  public var destination: Endpoint
  /// Source address; nil if it is not given and is no loopback address.
  public var source: IPAddress?
  /// Source port; nil if the kernel picks it.
  public var sourcePort: Port?
  /// Outbound interface of a sent packet, inbound interface of a received one; nil to derive it from the destination.
  public var interface: InterfaceName?
  /// The interface on which a forwarded packet leaves; nil to derive it from the destination.
  public var outInterface: InterfaceName?
  /// Owner of the socket; nil for a packet without one.
  public var owner: SocketOwner?
  /// True if the packet has a socket of unknown owner.
  public var isOwnerUnknown = false
  public var mark: Mark = 0
  /// Traffic class of the packet, the TOS field of IPv4: DSCP in the upper six bits, ECN in the lower two.
  public var trafficClass: UInt8 = 0
  /// State that connection tracking assigns to the packet.
  public var state = ConntrackState.new
  /// Mark of the packet's connection.
  public var connectionMark: Mark = 0

  public init(
    _ direction: Direction, _ proto: IPProtocol = .tcp, to destination: Endpoint,
    from source: IPAddress? = nil,
    port sourcePort: Port? = nil, interface: InterfaceName? = nil, owner: SocketOwner? = nil
  ) {
    self.direction = direction
    self.proto = proto
    self.destination = destination
    self.source = source
    self.sourcePort = sourcePort
    self.interface = interface
    self.owner = owner
  }
}

/// Owner of the socket of a packet.
public struct SocketOwner: Hashable, Sendable {
  public var user: UserID
  public var group: GroupID
  /// The user's other groups, which only `-m owner --suppl-groups` tests.
  public var supplementaryGroups: [GroupID]

  public init(user: UserID, group: GroupID, supplementaryGroups: [GroupID] = []) {
    self.user = user
    self.group = group
    self.supplementaryGroups = supplementaryGroups
  }
}

extension SocketOwner: CustomStringConvertible {
  public var description: String { "uid \(user), gid \(group)" }
}
