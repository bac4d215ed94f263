import CNetfilter
import Netlink

/// Masks a register and flips bits of the result: `(source & mask) ^ xor` (`bitwise`).
package struct BitwiseExpression: ExpressionKind {
  package var source: Register
  package var destination: Register
  /// As long as ``xor``; both in the byte order of the register.
  package var mask: [UInt8]
  package var xor: [UInt8]

  /// - Parameter xor: nil flips nothing.
  package init(_ source: Register, mask: [UInt8], xor: [UInt8]? = nil, into destination: Register) {
    self.source = source
    self.destination = destination
    self.mask = mask
    self.xor = xor ?? [UInt8](repeating: 0, count: mask.count)
  }
}

extension BitwiseExpression {
  init?(_ data: AttributeTable) throws(NetlinkFailure) {
    // Old kernels have only this operation and omit the attribute.
    let operation = data[NFTA_BITWISE_OP]?.big32 ?? Self.boolean
    guard operation == Self.boolean,
      let source = data[NFTA_BITWISE_SREG]?.register,
      let destination = data[NFTA_BITWISE_DREG]?.register,
      let mask = try data[NFTA_BITWISE_MASK]?.value(),
      let xor = try data[NFTA_BITWISE_XOR]?.value()
    else { return nil }
    self.init(source, mask: Array(mask), xor: Array(xor), into: destination)
  }

  private static var boolean: UInt32 { UInt32(CNETFILTER_BITWISE_BOOL) }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    message.put(NFTA_BITWISE_SREG, source)
    message.put(NFTA_BITWISE_DREG, destination)
    message.put(NFTA_BITWISE_LEN, big32: UInt32(mask.count))
    message.put(NFTA_BITWISE_OP, big32: Self.boolean)
    try message.put(NFTA_BITWISE_MASK, value: mask[...])
    try message.put(NFTA_BITWISE_XOR, value: xor[...])
  }
}
