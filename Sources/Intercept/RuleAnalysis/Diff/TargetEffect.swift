import NftablesModel
import RuleModel

extension Target {
  /// What a target does to the packet's way through the chains.
  enum Effect: Hashable {
    /// The next rule is tried.
    case continues
    /// The packet is let through as it is: the end of the table at this hook.
    case accepts
    case drops
    /// Back to the caller; out of a built-in chain that is the policy.
    case returns
    /// Something else becomes of the packet, and no further rule is tried.
    case diverts
    case calls(ChainName)
    case goesTo(ChainName)
  }

  var effect: Effect {
    switch self {
    case .accept: .accepts
    case .drop: .drops
    case .return: .returns
    case .jump(let chain): .calls(chain)
    case .goto(let chain): .goesTo(chain)
    case .none, .mark, .connmark, .ct: .continues
    case .redirect, .tproxy: .diverts
    case .opaque(let target): target.continues ? .continues : .diverts
    }
  }
}

extension OpaqueTarget {
  /// Whether the target is one of those of the kernel that decide nothing (`XT_CONTINUE`).
  ///
  /// Any other may decide: what is unknown is not taken for harmless.
  fileprivate var continues: Bool {
    Self.continuing.contains(String(text.prefix { $0 != " " }))
  }

  private static let continuing: Set<String> = [
    "AUDIT", "CHECKSUM", "CLASSIFY", "CONNMARK", "CONNSECMARK", "CT", "DSCP", "ECN", "HL", "HMARK",
    "IDLETIMER",
    "LED", "LOG", "MARK", "NFLOG", "NOTRACK", "RATEEST", "SECMARK", "SET", "TCPMSS", "TCPOPTSTRIP", "TEE",
    "TOS",
    "TRACE", "TTL", "ULOG",
  ]
}
