import CNetfilter
import Netlink

/// Assigns the packet to a local socket without changing it (`tproxy`).
package struct TproxyExpression: ExpressionKind {
  /// The family of the packets; ``TableFamily/any`` for both in an `inet` table.
  package var family: TableFamily
  /// The registers that hold the socket's address and port in network order; nil keeps the packet's own.
  package var address: Register?
  package var port: Register?

  package init(family: TableFamily, address: Register? = nil, port: Register? = nil) {
    self.family = family
    self.address = address
    self.port = port
  }
}

extension TproxyExpression {
  init?(_ data: AttributeTable) {
    guard let family = data[NFTA_TPROXY_FAMILY]?.big32, let family = UInt8(exactly: family)
    else { return nil }
    self.init(
      family: TableFamily(rawValue: family),
      address: data[NFTA_TPROXY_REG_ADDR]?.register, port: data[NFTA_TPROXY_REG_PORT]?.register)
  }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    message.put(NFTA_TPROXY_FAMILY, big32: UInt32(family.rawValue))
    if let address { message.put(NFTA_TPROXY_REG_ADDR, address) }
    if let port { message.put(NFTA_TPROXY_REG_PORT, port) }
  }
}
