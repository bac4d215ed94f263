import CNetfilter
import Netlink

/// Sets the rule's verdict, or loads a constant into a register (`immediate`).
package enum ImmediateExpression: ExpressionKind {
  case verdict(VerdictCode)
  /// The value in the byte order of the register.
  case value([UInt8], into: Register)
}

extension ImmediateExpression {
  init?(_ data: AttributeTable) throws(NetlinkFailure) {
    guard let register = data[NFTA_IMMEDIATE_DREG]?.register, let content = data[NFTA_IMMEDIATE_DATA]
    else { return nil }
    if register == .verdict {
      guard let verdict = try VerdictCode(content.nested()) else { return nil }
      self = .verdict(verdict)
    } else {
      guard let value = try content.value() else { return nil }
      self = .value(Array(value), into: register)
    }
  }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    switch self {
    case .verdict(let verdict):
      message.put(NFTA_IMMEDIATE_DREG, Register.verdict)
      try message.put(NFTA_IMMEDIATE_DATA, verdict: verdict)
    case .value(let value, let register):
      message.put(NFTA_IMMEDIATE_DREG, register)
      try message.put(NFTA_IMMEDIATE_DATA, value: value[...])
    }
  }
}

/// A verdict of nf_tables (`enum nft_verdicts` and NF_*).
package enum VerdictCode: Hashable, Sendable {
  case accept
  case drop
  case `return`
  case `continue`
  case jump(chain: String)
  case goto(chain: String)
}

extension VerdictCode {
  /// Reads a nest of NFTA_DATA_VERDICT.
  init?(_ data: AttributeTable) throws(NetlinkFailure) {
    guard let verdict = try data[NFTA_DATA_VERDICT]?.nested(), let code = verdict[NFTA_VERDICT_CODE]?.big32
    else { return nil }
    let chain = verdict[NFTA_VERDICT_CHAIN]?.string
    switch (Int32(bitPattern: code), chain) {
    case (NF_ACCEPT, nil): self = .accept
    case (NF_DROP, nil): self = .drop
    case (NFT_RETURN.rawValue, nil): self = .return
    case (NFT_CONTINUE.rawValue, nil): self = .continue
    case (NFT_JUMP.rawValue, let chain?): self = .jump(chain: chain)
    case (NFT_GOTO.rawValue, let chain?): self = .goto(chain: chain)
    default: return nil
    }
  }

  /// The encoding (NFTA_VERDICT_CODE).
  var code: UInt32 {
    switch self {
    case .accept: UInt32(bitPattern: NF_ACCEPT)
    case .drop: UInt32(bitPattern: NF_DROP)
    case .return: UInt32(bitPattern: NFT_RETURN.rawValue)
    case .continue: UInt32(bitPattern: NFT_CONTINUE.rawValue)
    case .jump: UInt32(bitPattern: NFT_JUMP.rawValue)
    case .goto: UInt32(bitPattern: NFT_GOTO.rawValue)
    }
  }

  package var chain: String? {
    switch self {
    case .jump(let chain), .goto(let chain): chain
    case .accept, .drop, .return, .continue: nil
    }
  }
}
