public import NetworkValues

/// A connection somebody asks about, by its first packet.
public struct Flow: Hashable, Sendable {
  public enum Direction: String, Hashable, Sendable, CaseIterable {
    /// From a socket of this namespace.
    case outbound
    /// From an interface.
    case inbound
  }

  public var direction: Direction
  public var proto: IPProtocol
  public var destination: Endpoint
  /// The sender's address; nil where nobody said and it is none of the host's loopback addresses.
  public var source: IPAddress?
  /// The sender's port; nil for one that the kernel picks.
  public var sourcePort: Port?
  /// Where the packet leaves, or where it comes in; nil to have it follow from the destination.
  public var interface: InterfaceName?
  /// Who owns the socket; nil for a packet without one.
  public var owner: SocketOwner?
  /// Whether there is an owner whom nobody named.
  public var isOwnerUnknown = false
  public var mark: Mark = 0
  /// What connection tracking says about the packet once it has seen it.
  public var state = ConntrackState.new
  /// The mark of the connection the packet belongs to.
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
