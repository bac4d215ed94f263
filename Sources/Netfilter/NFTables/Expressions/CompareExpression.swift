import CNetfilter
import Netlink

/// Ends the rule unless a register compares to a value with the given operation (`cmp`).
package struct CompareExpression: ExpressionKind {
  package var register: Register
  package var operation: Operation
  /// The value in the byte order of the register.
  package var value: [UInt8]

  package init(_ register: Register, _ operation: Operation, _ value: [UInt8]) {
    self.register = register
    self.operation = operation
    self.value = value
  }

  /// `enum nft_cmp_ops`; the order is that of `memcmp`.
  package struct Operation: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ operation: nft_cmp_ops) { rawValue = UInt32(operation.rawValue) }

    package static var equal: Self { Self(NFT_CMP_EQ) }
    package static var notEqual: Self { Self(NFT_CMP_NEQ) }
    package static var less: Self { Self(NFT_CMP_LT) }
    package static var lessOrEqual: Self { Self(NFT_CMP_LTE) }
    package static var greater: Self { Self(NFT_CMP_GT) }
    package static var greaterOrEqual: Self { Self(NFT_CMP_GTE) }
  }
}

extension CompareExpression {
  init?(_ data: AttributeTable) throws(NetlinkFailure) {
    guard let register = data[NFTA_CMP_SREG]?.register,
      let operation = data[NFTA_CMP_OP]?.big32,
      let value = try data[NFTA_CMP_DATA]?.value()
    else { return nil }
    self.init(register, Operation(rawValue: operation), Array(value))
  }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    message.put(NFTA_CMP_SREG, register)
    message.put(NFTA_CMP_OP, big32: operation.rawValue)
    try message.put(NFTA_CMP_DATA, value: value[...])
  }
}
