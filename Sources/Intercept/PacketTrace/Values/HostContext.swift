public import NetworkValues

/// What routing knows of the namespace: the rules alone do not say where a packet goes.
public struct HostContext: Hashable, Sendable {
  /// The namespace's own addresses, besides those of loopback.
  public var ownAddresses: [IPAddress]
  /// The marks that a policy rule leads to lo (`ip rule add fwmark … lookup …`, `ip route add local …`).
  public var loopbackMarks: [MaskedMark]
  /// Whether whatever comes in is taken to be for this host. False where `ownAddresses` is known to be complete.
  public var takesInboundAsOwn: Bool

  public init(
    ownAddresses: [IPAddress] = [], loopbackMarks: [MaskedMark] = [], takesInboundAsOwn: Bool = true
  ) {
    self.ownAddresses = ownAddresses
    self.loopbackMarks = loopbackMarks
    self.takesInboundAsOwn = takesInboundAsOwn
  }

  /// Whether a packet to the address is delivered on this host, whatever its mark.
  func isOwn(_ address: IPAddress) -> Bool { address.isLoopback || ownAddresses.contains(address) }

  /// The interface of a flow: lo for what the host sends to itself, else eth0.
  func interface(of flow: Flow) -> InterfaceName {
    if let interface = flow.interface { return interface }
    switch flow.direction {
    case .inbound: return .eth0
    case .outbound:
      let destination = flow.destination.address
      let isToSelf = isOwn(destination) || destination == flow.source || leadsToLoopback(flow.mark)
      return isToSelf ? .loopback : .eth0
    }
  }

  /// Whether the policy route takes a packet with this mark.
  func leadsToLoopback(_ mark: Mark) -> Bool { loopbackMarks.contains { $0.matches(mark) } }
}
