import CNetfilter
import Netlink

/// Counts the packets that reach it (`counter`).
package struct CounterExpression: ExpressionKind {
  package var packets: UInt64
  package var bytes: UInt64

  package init(packets: UInt64 = 0, bytes: UInt64 = 0) {
    self.packets = packets
    self.bytes = bytes
  }
}

extension CounterExpression {
  init?(_ data: AttributeTable) {
    guard let packets = data[NFTA_COUNTER_PACKETS]?.big64, let bytes = data[NFTA_COUNTER_BYTES]?.big64
    else { return nil }
    self.init(packets: packets, bytes: bytes)
  }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    message.put(NFTA_COUNTER_BYTES, big64: bytes)
    message.put(NFTA_COUNTER_PACKETS, big64: packets)
  }
}
