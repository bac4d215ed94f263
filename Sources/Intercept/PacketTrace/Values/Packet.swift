public import NetworkValues

/// State of a packet at one point of its path: everything that rules can test.
public struct Packet: Hashable, Sendable {
  public let proto: IPProtocol
  /// Nil for an unknown address that is no loopback address.
  public internal(set) var source: IPAddress?
  /// The source port, or all ports that the kernel may pick.
  public let sourcePorts: PortRange
  public internal(set) var destination: IPAddress
  public internal(set) var destinationPort: Port
  public internal(set) var inInterface: InterfaceName?
  public internal(set) var outInterface: InterfaceName?
  /// Nil for a packet without a socket.
  public internal(set) var owner: SocketOwner?
  public internal(set) var mark: Mark
  public internal(set) var connectionMark: Mark
  public internal(set) var trafficClass: UInt8
  public internal(set) var tracking = Tracking.none
  public internal(set) var zone: ConntrackZone?
  /// True if NAT has changed the destination of the connection.
  public internal(set) var isTranslated = false
  /// True if the packet has passed POSTROUTING, which confirms its connection.
  public internal(set) var hasLeft = false
  /// State that connection tracking will assign to the packet.
  let state: ConntrackState

  /// State of the packet's connection pointer (`skb->_nfct`).
  public enum Tracking: Hashable, Sendable {
    /// No connection: not seen yet, or invalid.
    case none
    /// A template set by `-j CT`.
    case template
    case tracked
    /// Set by `-j CT --notrack`.
    case untracked
  }

  init(_ flow: Flow, by interface: InterfaceName, isToSelf: Bool) {
    proto = flow.proto
    source =
      flow.source ?? (interface == .loopback ? Self.source(to: flow.destination.address, isToSelf) : nil)
    sourcePorts = flow.sourcePort.map { PortRange($0) } ?? .ephemeral
    destination = flow.destination.address
    destinationPort = flow.destination.port
    inInterface = flow.direction == .outbound ? nil : interface
    outInterface = flow.direction == .outbound ? interface : nil
    owner = flow.direction == .outbound ? flow.owner : nil
    mark = flow.mark
    trafficClass = flow.trafficClass
    connectionMark = flow.connectionMark
    state = flow.state
  }

  /// Source address that the kernel selects on lo, if that is certain. To an own address, IPv4 selects the
  /// first address of the same interface, IPv6 that address. Along a policy route, IPv4 selects the
  /// destination, IPv6 any address of the host.
  private static func source(to destination: IPAddress, _ isToSelf: Bool) -> IPAddress? {
    switch destination {
    case .ipv4(let address) where address.bits >> 24 == 127: .ipv4(IPv4Address(127, 0, 0, 1))
    case .ipv4: isToSelf ? nil : destination
    case .ipv6: isToSelf ? destination : nil
    }
  }

  public var family: IPFamily { destination.family }

  /// Connection state that rules see at this point (`nf_ct_get`).
  public var visibleState: ConntrackState {
    switch tracking {
    case .none: .invalid
    case .template: .new
    case .untracked: .untracked
    case .tracked: isTranslated ? state.union(.destinationTranslated) : state
    }
  }

  /// Mark of the visible connection; nil without one, 0 for a template of `-j CT`.
  var visibleConnectionMark: Mark? {
    switch tracking {
    case .none, .untracked: nil
    case .template: 0
    case .tracked: connectionMark
    }
  }
}
