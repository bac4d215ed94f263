import CNetfilter

/// Ends the rule unless a register lies between two values, both included, or outside them (`range`).
package struct RangeExpression: ExpressionKind {
  package var register: Register
  /// Whether the value must lie outside.
  package var isInverted: Bool
  /// Both in the register's own byte order.
  package var lowest: [UInt8]
  package var highest: [UInt8]

  package init(_ register: Register, from lowest: [UInt8], to highest: [UInt8], isInverted: Bool = false) {
    self.register = register
    self.isInverted = isInverted
    self.lowest = lowest
    self.highest = highest
  }
}

extension RangeExpression {
  init?(_ data: AttributeTable) throws(NetlinkFailure) {
    guard let register = data[NFTA_RANGE_SREG]?.register,
      let operation = data[NFTA_RANGE_OP]?.big32,
      operation == NFT_RANGE_EQ.rawValue || operation == NFT_RANGE_NEQ.rawValue,
      let lowest = try data[NFTA_RANGE_FROM_DATA]?.value(),
      let highest = try data[NFTA_RANGE_TO_DATA]?.value()
    else { return nil }
    self.init(
      register, from: Array(lowest), to: Array(highest), isInverted: operation == NFT_RANGE_NEQ.rawValue)
  }

  func encoded() throws(NetlinkFailure) -> NFTExpression {
    let expression = try NFTExpression.named("range")
    expression.set(NFTNL_EXPR_RANGE_SREG, register)
    expression.set(NFTNL_EXPR_RANGE_OP, UInt32((isInverted ? NFT_RANGE_NEQ : NFT_RANGE_EQ).rawValue))
    try expression.set(NFTNL_EXPR_RANGE_FROM_DATA, value: lowest)
    try expression.set(NFTNL_EXPR_RANGE_TO_DATA, value: highest)
    return expression
  }
}
