public import NetworkValues

/// An action of a native rule on a packet.
public enum NativeStatement: Hashable, Sendable {
  /// `counter`: counts packets and bytes.
  case counter
  /// `accept`: ends the evaluation of the base chain.
  case accept
  /// `drop`: discards the packet.
  case drop
  /// `return`: continues in the calling chain, in a base chain with the policy.
  case `return`
  /// `jump CHAIN`: continues in another chain of the table, and here at its end.
  case jump(NativeChainName)
  /// `goto CHAIN`: continues in another chain of the table, and at its end in the caller of this chain.
  case goto(NativeChainName)
  /// `redirect to :15001`: changes the destination to a port of this host, without an argument to the packet's own.
  case redirect(PortRange?)
  /// `tproxy ip to :15006`: hands the unchanged packet to a listener of this host; without such a listener the rule
  /// ends here (`NFT_BREAK`). No family means that of the packet, no address that of the interface.
  case tproxy(IPFamily?, IPAddress?, Port)
  /// `meta mark set 0x00000539`
  case setMark(Mark)
  /// `ct mark set 0x00000539`
  case setConnectionMark(Mark)
  /// `ct mark set meta mark`
  case saveMark
  /// `meta mark set ct mark`
  case restoreMark
  /// `ct zone set 1`: the conntrack zone of the packet's connection.
  case setZone(ConntrackZone)
  /// `notrack`: excludes the packet from connection tracking.
  case untrack
  /// A statement that is not modelled, read from the kernel, as text.
  case opaque(String)

  var isTProxy: Bool {
    switch self {
    case .tproxy: true
    case .counter, .accept, .drop, .return, .jump, .goto, .redirect, .setMark, .setConnectionMark, .saveMark,
      .restoreMark, .setZone, .untrack, .opaque:
      false
    }
  }
}
