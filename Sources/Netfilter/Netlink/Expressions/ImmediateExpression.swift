import CNetfilter

/// Gives the rule's verdict, or puts a constant into a register (`immediate`).
package enum ImmediateExpression: ExpressionKind {
  case verdict(Verdict)
  /// In the register's own byte order.
  case value([UInt8], into: Register)
}

extension ImmediateExpression {
  init?(_ data: AttributeTable) throws(NetlinkFailure) {
    guard let register = data[NFTA_IMMEDIATE_DREG]?.register, let content = data[NFTA_IMMEDIATE_DATA]
    else { return nil }
    if register == .verdict {
      guard let verdict = try Verdict(content.nested()) else { return nil }
      self = .verdict(verdict)
    } else {
      guard let value = try content.value() else { return nil }
      self = .value(Array(value), into: register)
    }
  }

  func encoded() throws(NetlinkFailure) -> NFTExpression {
    let expression = try NFTExpression.named("immediate")
    switch self {
    case .verdict(let verdict):
      expression.set(NFTNL_EXPR_IMM_DREG, Register.verdict)
      expression.set(NFTNL_EXPR_IMM_VERDICT, verdict.code)
      if let chain = verdict.chain { try expression.set(NFTNL_EXPR_IMM_CHAIN, name: chain) }
    case .value(let value, let register):
      expression.set(NFTNL_EXPR_IMM_DREG, register)
      try expression.set(NFTNL_EXPR_IMM_DATA, value: value)
    }
    return expression
  }
}
