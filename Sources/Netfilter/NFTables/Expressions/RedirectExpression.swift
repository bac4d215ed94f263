import CNetfilter
import Netlink

/// Redirects the connection to this host, to a port that a register holds in network order (`redir`).
package struct RedirectExpression: ExpressionKind {
  /// The lowest port, or the only one; nil keeps the packet's own.
  package var port: Register?
  /// The highest port, where there is a range.
  package var highestPort: Register?
  /// NF_NAT_RANGE_*.
  package var flags: UInt32

  package init(port: Register?, highestPort: Register? = nil, flags: UInt32 = 0) {
    self.port = port
    self.highestPort = highestPort
    self.flags = flags
  }
}

extension RedirectExpression {
  init?(_ data: AttributeTable) {
    self.init(
      port: data[NFTA_REDIR_REG_PROTO_MIN]?.register,
      highestPort: data[NFTA_REDIR_REG_PROTO_MAX]?.register,
      flags: data[NFTA_REDIR_FLAGS]?.big32 ?? 0)
  }

  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    if let port { message.put(NFTA_REDIR_REG_PROTO_MIN, port) }
    if let highestPort { message.put(NFTA_REDIR_REG_PROTO_MAX, highestPort) }
    if flags != 0 { message.put(NFTA_REDIR_FLAGS, big32: flags) }
  }
}
