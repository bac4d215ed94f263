/// The action of a rule on packets that match.
public enum Target: Hashable, Sendable {
  /// `-j ACCEPT`: ends the table's chains at this hook.
  case accept
  /// `-j DROP`: discards the packet.
  case drop
  /// `-j RETURN`: continues in the calling chain, or with the policy.
  case `return`
  /// `-j CHAIN`: calls another chain, which returns to the next rule.
  case jump(ChainName)
  /// `-g CHAIN`: continues in another chain, which returns to the caller of this chain.
  case goto(ChainName)
  /// No `-j`: the rule only counts packets.
  case none
  case redirect(RedirectTarget)
  case mark(MarkTarget)
  case connmark(ConnmarkTarget)
  case tproxy(TProxyTarget)
  case ct(CTTarget)
  /// A target that is not modelled, kept as text.
  case opaque(OpaqueTarget)
}

extension Target {
  /// The chain of a jump or goto.
  package var destination: ChainName? {
    switch self {
    case .jump(let chain), .goto(let chain): chain
    case .accept, .drop, .return, .none, .redirect, .mark, .connmark, .tproxy, .ct, .opaque: nil
    }
  }

  /// True for DROP and REJECT.
  public var drops: Bool {
    switch self {
    case .drop: true
    case .opaque(let target): target.name == "REJECT"
    case .accept, .return, .jump, .goto, .none, .redirect, .mark, .connmark, .tproxy, .ct: false
    }
  }

  /// True for `-j CT --notrack` and NOTRACK: connection tracking, and so nat, skips the packet.
  public var untracks: Bool {
    switch self {
    case .ct(let target): target.isUntracked
    case .opaque(let target): target.name == "NOTRACK"
    case .accept, .drop, .return, .jump, .goto, .none, .redirect, .mark, .connmark, .tproxy: false
    }
  }
}
