import NftablesModel
import RuleModel

extension Target {
  /// Effect of a target on the evaluation of the chain.
  enum Disposition: Hashable {
    /// The next rule is evaluated.
    case continues
    /// The packet is accepted unchanged; the rest of the table is skipped at this hook.
    case accepts
    case drops
    /// Returns to the calling chain; from a built-in chain, to the policy.
    case returns
    /// The packet is redirected or handled in another way, and no further rule is evaluated.
    case diverts
    case calls(ChainName)
    case goesTo(ChainName)
  }

  var disposition: Disposition {
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
  /// True if the kernel's target always returns `XT_CONTINUE`.
  ///
  /// Unknown targets are assumed to be terminating.
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
