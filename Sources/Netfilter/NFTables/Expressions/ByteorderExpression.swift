import CNetfilter
import Netlink

/// Converts numbers in a register between host order and network order (`byteorder`).
package struct ByteorderExpression: ExpressionKind {
  package var source: Register
  package var destination: Register
  package var operation: Operation
  /// The size of a number in bytes: 2, 4 or 8.
  package var size: UInt32
  /// Number of bytes to convert; a multiple of ``size`` if there are several numbers.
  package var length: UInt32

  package init(_ operation: Operation, _ register: Register, size: UInt32) {
    self.operation = operation
    source = register
    destination = register
    self.size = size
    length = size
  }

  /// `enum nft_byteorder_ops`.
  package struct Operation: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ operation: nft_byteorder_ops) { rawValue = UInt32(operation.rawValue) }

    package static var toNetwork: Self { Self(NFT_BYTEORDER_HTON) }
  }
}

extension ByteorderExpression {
  init?(_ data: AttributeTable) {
    guard let source = data[NFTA_BYTEORDER_SREG]?.register,
      let destination = data[NFTA_BYTEORDER_DREG]?.register,
      let operation = data[NFTA_BYTEORDER_OP]?.big32,
      let size = data[NFTA_BYTEORDER_SIZE]?.big32,
      let length = data[NFTA_BYTEORDER_LEN]?.big32
    else { return nil }
    self.init(Operation(rawValue: operation), source, size: size)
    self.destination = destination
    self.length = length
  }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    message.put(NFTA_BYTEORDER_SREG, source)
    message.put(NFTA_BYTEORDER_DREG, destination)
    message.put(NFTA_BYTEORDER_OP, big32: operation.rawValue)
    message.put(NFTA_BYTEORDER_LEN, big32: length)
    message.put(NFTA_BYTEORDER_SIZE, big32: size)
  }
}
