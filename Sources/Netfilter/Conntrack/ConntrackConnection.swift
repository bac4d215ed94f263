import CNetfilter
public import Intercept
public import Netlink

/// A connection to ctnetlink in one network namespace.
package struct ConntrackConnection<Transport: NetlinkTransport & ~Copyable>: ~Copyable {
  private var transport: Transport

  package init(over transport: consuming Transport) { self.transport = transport }

  /// The entries of all families and protocols, in the kernel's order (IPCTNL_MSG_CT_GET). Those of protocols
  /// other than IPv4 and IPv6 are left out.
  package mutating func entries() throws(NetlinkError) -> [ConntrackEntry] {
    try NetlinkError.naming("list the connection-tracking table") { () throws(NetlinkFailure) in
      try transport.dump(ConntrackRecord.self) { Self.request(IPCTNL_MSG_CT_GET, .dump, $0) }
        .compactMap(\.entry)
    }
  }

  /// The number of entries and the limit (IPCTNL_MSG_CT_GET_STATS).
  package mutating func usage() throws(NetlinkError) -> ConntrackUsage {
    try NetlinkError.naming("read the size of the connection-tracking table") { () throws(NetlinkFailure) in
      let sequence = UInt32.freshSequence
      let reply = try transport.ask(
        Self.request(IPCTNL_MSG_CT_GET_STATS, [], sequence), sequence: sequence)
      let (_, attributes) = try reply.body(nfgenmsg.self)
      return ConntrackUsage(
        entries: attributes[CTA_STATS_GLOBAL_ENTRIES]?.big32 ?? 0,
        limit: attributes[CTA_STATS_GLOBAL_MAX_ENTRIES]?.big32 ?? 0)
    }
  }

  private static func request(
    _ type: cntl_msg_types, _ flags: NetlinkFlags, _ sequence: UInt32
  ) -> MessageBuilder {
    let number = UInt16(NFNL_SUBSYS_CTNETLINK) << 8 | UInt16(truncatingIfNeeded: type.rawValue)
    var request = MessageBuilder(type: number, flags: flags, sequence: sequence)
    request.put(
      header: nfgenmsg(nfgen_family: UInt8(AF_UNSPEC), version: UInt8(NFNETLINK_V0), res_id: 0))
    return request
  }
}

extension ConntrackConnection where Transport == NetlinkSocket {
  /// Opens a connection in the thread's network namespace.
  package static func open() throws(NetlinkError) -> Self {
    let socket = try NetlinkError.naming("talk to ctnetlink") { () throws(NetlinkFailure) in
      try NetlinkSocket.open(.netfilter)
    }
    return Self(over: socket)
  }
}

/// The connection-tracking table of a network namespace.
public struct ConntrackTable: Hashable, Sendable {
  public let entries: [ConntrackEntry]
  public let usage: ConntrackUsage

  /// Reads the table of the thread's namespace. Needs CAP_NET_ADMIN there.
  public static func read() throws(NetlinkError) -> ConntrackTable {
    var connection = try ConntrackConnection.open()
    let usage = try connection.usage()
    return ConntrackTable(entries: try connection.entries(), usage: usage)
  }
}
