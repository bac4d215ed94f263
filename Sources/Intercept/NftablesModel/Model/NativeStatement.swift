public import NetworkValues

/// Something that a native rule does with a packet.
public enum NativeStatement: Hashable, Sendable {
  /// `counter`: counts packets and bytes.
  case counter
  /// `accept`: no further rule of this base chain is tried.
  case accept
  /// `drop`: the packet is gone.
  case drop
  /// `return`: back to the calling chain, or to the policy.
  case `return`
  /// `jump CHAIN`: on with another chain of the table, and back here at its end.
  case jump(NativeChainName)
  /// `goto CHAIN`: on with another chain, and from its end to where this chain was called from.
  case goto(NativeChainName)
  /// `redirect to :15001`: to a port of this host; the packet's own where none is given.
  case redirect(PortRange?)
  /// `tproxy ip to :15006`: a listener of this host gets the packet as it is. The rule ends here where there is no
  /// such listener. No family stands for that of the packet, no address for that of the interface.
  case tproxy(IPFamily?, IPAddress?, Port)
  /// `meta mark set 0x00000539`
  case setMark(Mark)
  /// `ct mark set 0x00000539`
  case setConnectionMark(Mark)
  /// `ct mark set meta mark`
  case saveMark
  /// `meta mark set ct mark`
  case restoreMark
  /// `ct zone set 1`: the zone the packet's connection is looked up and kept in.
  case setZone(ConntrackZone)
  /// `notrack`: connection tracking leaves the packet alone.
  case untrack
  /// Something in the kernel that this program would not have written, in words.
  case opaque(String)
}
