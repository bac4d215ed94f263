import CNetfilter

/// A route that takes every destination for this machine: `ip route add local default dev lo table N`
/// (`struct rtmsg`).
package struct LocalRoute: Hashable, Sendable {
  package var family: AddressFamily
  package var table: RoutingTable
  package var interface: InterfaceIndex

  package init(_ family: AddressFamily, table: RoutingTable, on interface: InterfaceIndex) {
    self.family = family
    self.table = table
    self.interface = interface
  }
}

extension LocalRoute {
  /// As the `ip` command takes it.
  var label: String { "\(family.option) local default table \(table.rawValue)" }

  func request(_ type: Int, _ flags: NetlinkFlags, _ sequence: UInt32) -> MessageBuilder {
    var request = MessageBuilder(type: UInt16(type), flags: flags, sequence: sequence)
    var header = rtmsg()
    header.rtm_family = family.number
    header.rtm_table = table.inHeader ?? 0
    header.rtm_protocol = UInt8(RTPROT_BOOT)
    header.rtm_scope = UInt8(RT_SCOPE_HOST.rawValue)
    header.rtm_type = UInt8(RTN_LOCAL)
    request.put(header: header)
    if table.inHeader == nil { request.put(RTA_TABLE.rawValue, host32: table.rawValue) }
    request.put(RTA_OIF.rawValue, host32: interface.rawValue)
    return request
  }
}

/// One message of a dump of routes: a ``LocalRoute``, or nil for any other.
struct ListedRoute: DumpedObject {
  var route: LocalRoute?

  init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(rtmsg.self)
    guard let family = AddressFamily(header.rtm_family), header.rtm_type == RTN_LOCAL,
      header.rtm_dst_len == 0,
      let interface = attributes[RTA_OIF]?.host32
    else { return }
    let table = attributes[RTA_TABLE]?.host32 ?? UInt32(header.rtm_table)
    route = LocalRoute(
      family, table: RoutingTable(rawValue: table), on: InterfaceIndex(rawValue: interface))
  }
}
