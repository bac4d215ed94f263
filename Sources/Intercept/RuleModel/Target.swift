/// What a rule does with a packet that matches.
public enum Target: Hashable, Sendable {
  /// `-j ACCEPT`: no further rule of the table at this hook is tried.
  case accept
  /// `-j DROP`: the packet is gone.
  case drop
  /// `-j RETURN`: back to the calling chain, or to the policy.
  case `return`
  /// `-j CHAIN`: on with the first rule of another chain, and back here at its end.
  case jump(ChainName)
  /// `-g CHAIN`: on with another chain, and from its end to where this chain was called from.
  case goto(ChainName)
  /// No `-j` at all: the rule counts packets and decides nothing.
  case none
  case redirect(RedirectTarget)
  case mark(MarkTarget)
  case connmark(ConnmarkTarget)
  case tproxy(TProxyTarget)
  case ct(CTTarget)
  /// A target that this program does not model, kept as it was written.
  case opaque(OpaqueTarget)
}

extension Target {
  /// The chain that a jump or goto leads to.
  package var destination: ChainName? {
    switch self {
    case .jump(let chain), .goto(let chain): chain
    case .accept, .drop, .return, .none, .redirect, .mark, .connmark, .tproxy, .ct, .opaque: nil
    }
  }
}
