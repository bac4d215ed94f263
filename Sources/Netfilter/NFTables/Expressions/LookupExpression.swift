import CNetfilter
import Netlink

/// Ends the rule unless a register's value is in a set, or is not in it (`lookup`).
package struct LookupExpression: ExpressionKind {
  package var register: Register
  package var set: String
  /// The identifier of a set that the same batch creates, whose name the kernel has yet to choose; nil in a
  /// dump.
  package var setID: SetID?
  package var isInverted: Bool

  package init(_ register: Register, in set: String, setID: SetID? = nil, isInverted: Bool = false) {
    self.register = register
    self.set = set
    self.setID = setID
    self.isInverted = isInverted
  }
}

extension LookupExpression {
  init?(_ data: AttributeTable) {
    // With a destination it is a map, which is not modelled.
    let flags = data[NFTA_LOOKUP_FLAGS]?.big32 ?? 0
    guard data[NFTA_LOOKUP_DREG] == nil, flags & ~Self.invert == 0,
      let register = data[NFTA_LOOKUP_SREG]?.register,
      let set = data[NFTA_LOOKUP_SET]?.string
    else { return nil }
    self.init(register, in: set, isInverted: flags != 0)
  }

  private static var invert: UInt32 { UInt32(NFT_LOOKUP_F_INV.rawValue) }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    try message.put(NFTA_LOOKUP_SET, name: set)
    message.put(NFTA_LOOKUP_SREG, register)
    if let setID { message.put(NFTA_LOOKUP_SET_ID, big32: setID.rawValue) }
    if isInverted { message.put(NFTA_LOOKUP_FLAGS, big32: Self.invert) }
  }
}
