import CNetfilter
package import Intercept
package import Netlink

/// One message of ctnetlink: an entry of the table (IPCTNL_MSG_CT_NEW), or nil if it cannot be represented.
///
/// Unknown attributes are skipped; a missing optional one leaves its property nil.
package struct ConntrackRecord: DumpedObject {
  package var entry: ConntrackEntry?

  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (_, attributes) = try message.body(nfgenmsg.self)
    guard let original = try attributes[CTA_TUPLE_ORIG]?.nested(),
      let reply = try attributes[CTA_TUPLE_REPLY]?.nested(),
      let there = try ConntrackTuple(original), let back = try ConntrackTuple(reply)
    else { return }
    let status = ConntrackStatus(rawValue: attributes[CTA_STATUS]?.big32 ?? 0)
    var entry = ConntrackEntry(there, reply: back, status: status)
    let zone = attributes[CTA_ZONE]?.big16
    entry.originalZone = ConntrackZone(rawValue: zone ?? original[CTA_TUPLE_ZONE]?.big16 ?? 0)
    entry.replyZone = ConntrackZone(rawValue: zone ?? reply[CTA_TUPLE_ZONE]?.big16 ?? 0)
    entry.timeout = attributes[CTA_TIMEOUT]?.big32
    entry.mark = Mark(rawValue: attributes[CTA_MARK]?.big32 ?? 0)
    entry.id = attributes[CTA_ID]?.big32
    if let counters = attributes[CTA_COUNTERS_ORIG] { entry.sent = Counters(try counters.nested()) }
    if let counters = attributes[CTA_COUNTERS_REPLY] { entry.received = Counters(try counters.nested()) }
    entry.start = try attributes[CTA_TIMESTAMP]?.nested()[CTA_TIMESTAMP_START]?.big64
    entry.tcpState = try Self.tcpState(attributes)
    self.entry = entry
  }

  private static func tcpState(_ attributes: AttributeTable) throws(NetlinkFailure) -> ConntrackTCPState? {
    let info = try attributes[CTA_PROTOINFO]?.nested()[CTA_PROTOINFO_TCP]?.nested()
    return info?[CTA_PROTOINFO_TCP_STATE]?.byte.flatMap(ConntrackTCPState.init)
  }
}

extension ConntrackTuple {
  /// Reads CTA_TUPLE_*; nil for addresses of another family than IPv4 and IPv6.
  fileprivate init?(_ tuple: AttributeTable) throws(NetlinkFailure) {
    guard let addresses = try tuple[CTA_TUPLE_IP]?.nested(),
      let proto = try tuple[CTA_TUPLE_PROTO]?.nested(), let number = proto[CTA_PROTO_NUM]?.byte,
      let source = IPAddress(addresses[CTA_IP_V4_SRC], addresses[CTA_IP_V6_SRC]),
      let destination = IPAddress(addresses[CTA_IP_V4_DST], addresses[CTA_IP_V6_DST])
    else { return nil }
    self.init(
      IPProtocol(rawValue: number),
      from: Endpoint(source, Port(rawValue: proto[CTA_PROTO_SRC_PORT]?.big16 ?? 0)),
      to: Endpoint(destination, Port(rawValue: proto[CTA_PROTO_DST_PORT]?.big16 ?? 0)))
  }
}

extension IPAddress {
  /// Reads the attribute of one family; nil without either, or with one of the wrong size.
  fileprivate init?(_ ipv4: NetlinkAttribute?, _ ipv6: NetlinkAttribute?) {
    if let ipv4, ipv4.payload.count == 4 {
      self.init(.ipv4, bits: UInt128(bigEndianBytes: ipv4.bytes))
    } else if let ipv6, ipv6.payload.count == 16 {
      self.init(.ipv6, bits: UInt128(bigEndianBytes: ipv6.bytes))
    } else {
      return nil
    }
  }
}

extension Counters {
  /// Reads CTA_COUNTERS_*; nil if it lacks a counter.
  fileprivate init?(_ counters: AttributeTable) {
    guard let packets = counters[CTA_COUNTERS_PACKETS]?.big64, let bytes = counters[CTA_COUNTERS_BYTES]?.big64
    else { return nil }
    self.init(packets: packets, bytes: bytes)
  }
}
