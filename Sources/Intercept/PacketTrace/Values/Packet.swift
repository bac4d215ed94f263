public import NetworkValues

/// A packet at one moment of its way: everything that rules can ask about.
public struct Packet: Hashable, Sendable {
  public let proto: IPProtocol
  /// Nil for an address that is not known, and is none of loopback.
  public internal(set) var source: IPAddress?
  /// The one port, or all that the kernel might pick.
  public let sourcePorts: PortRange
  public internal(set) var destination: IPAddress
  public internal(set) var destinationPort: Port
  public internal(set) var inInterface: InterfaceName?
  public internal(set) var outInterface: InterfaceName?
  /// Nil for a packet without socket.
  public internal(set) var owner: SocketOwner?
  public internal(set) var mark: Mark
  public internal(set) var connectionMark: Mark
  public internal(set) var tracking = Tracking.none
  public internal(set) var zone: ConntrackZone?
  /// Whether NAT has changed the connection's destination.
  public internal(set) var isTranslated = false
  /// Whether the packet has passed POSTROUTING: its connection is confirmed then.
  public internal(set) var hasLeft = false
  /// What tracking will say, when it comes to the packet.
  let state: ConntrackState

  /// What hangs on the packet (`skb->_nfct`).
  public enum Tracking: Hashable, Sendable {
    /// Nothing: tracking has not seen the packet, or could make nothing of it.
    case none
    /// What `-j CT` prepares.
    case template
    case tracked
    /// By `-j CT --notrack`.
    case untracked
  }

  init(_ flow: Flow, by interface: InterfaceName, isToSelf: Bool) {
    proto = flow.proto
    source =
      flow.source ?? (interface == .loopback ? Self.source(to: flow.destination.address, isToSelf) : nil)
    sourcePorts = flow.sourcePort.map { PortRange($0) } ?? .ephemeral
    destination = flow.destination.address
    destinationPort = flow.destination.port
    inInterface = flow.direction == .inbound ? interface : nil
    outInterface = flow.direction == .outbound ? interface : nil
    owner = flow.direction == .outbound ? flow.owner : nil
    mark = flow.mark
    connectionMark = flow.connectionMark
    state = flow.state
  }

  /// What the kernel picks for a packet on lo, where that is certain. To an own address IPv4 sends from the first
  /// address of the same interface, and IPv6 from that address; where a policy route leads, IPv4 sends from the
  /// destination, and IPv6 from any address of the host.
  private static func source(to destination: IPAddress, _ isToSelf: Bool) -> IPAddress? {
    switch destination {
    case .ipv4(let address) where address.bits >> 24 == 127: .ipv4(IPv4Address(127, 0, 0, 1))
    case .ipv4: isToSelf ? nil : destination
    case .ipv6: isToSelf ? destination : nil
    }
  }

  public var family: IPFamily { destination.family }

  /// What rules see of the connection's state at this moment (`nf_ct_get`).
  public var visibleState: ConntrackState {
    switch tracking {
    case .none: .invalid
    case .template: .new
    case .untracked: .untracked
    case .tracked: isTranslated ? state.union(.destinationTranslated) : state
    }
  }

  /// The mark of what hangs on the packet; nil for nothing. What `-j CT` prepares has none.
  var visibleConnectionMark: Mark? {
    switch tracking {
    case .none, .untracked: nil
    case .template: 0
    case .tracked: connectionMark
    }
  }
}
