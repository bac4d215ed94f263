import CNetfilter
import Netlink

/// Ends the rule unless a register is within a closed range, or outside it (`range`).
package struct RangeExpression: ExpressionKind {
  package var register: Register
  /// True if the value must be outside the range.
  package var isInverted: Bool
  /// The bounds, in the byte order of the register.
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

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    message.put(NFTA_RANGE_SREG, register)
    message.put(NFTA_RANGE_OP, big32: UInt32((isInverted ? NFT_RANGE_NEQ : NFT_RANGE_EQ).rawValue))
    try message.put(NFTA_RANGE_FROM_DATA, value: lowest[...])
    try message.put(NFTA_RANGE_TO_DATA, value: highest[...])
  }
}
