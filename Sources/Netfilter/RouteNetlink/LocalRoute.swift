import CNetfilter
package import Netlink
package import NetworkValues

/// A route that delivers every destination locally: `ip route add local default dev lo table N`
/// (`struct rtmsg`).
package struct LocalRoute: Hashable, Sendable {
  package var family: AddressFamily
  package var table: RouteTable
  package var interface: InterfaceIndex

  package init(_ family: AddressFamily, table: RouteTable, on interface: InterfaceIndex) {
    self.family = family
    self.table = table
    self.interface = interface
  }
}

extension LocalRoute {
  /// The `ip` command's arguments.
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

extension RouteConnection where Transport: ~Copyable {
  /// The local default routes of a family in all tables.
  package mutating func localRoutes(_ family: AddressFamily) throws(NetlinkError) -> [LocalRoute] {
    try routes(family).compactMap { LocalRoute($0) }
  }

  /// Adds a route.
  ///
  /// - Returns: true if it was missing.
  @discardableResult
  package mutating func add(_ route: LocalRoute) throws(NetlinkError) -> Bool {
    if try localRoutes(route.family).contains(route) { return false }
    return try addNew("route", route.label) { sequence in
      route.request(RTM_NEWROUTE, [.acknowledge, .create, .exclusive], sequence)
    }
  }

  /// Removes every copy of a route: IPv6 has one per metric.
  ///
  /// - Returns: the number of copies removed.
  @discardableResult
  package mutating func delete(_ route: LocalRoute) throws(NetlinkError) -> Int {
    let present = try localRoutes(route.family).filter { $0 == route }
    for route in present {
      try perform("delete route", route.label) { sequence in
        route.request(RTM_DELROUTE, .acknowledge, sequence)
      }
    }
    return present.count
  }
}

extension RouteTable {
  /// The number in a header's eight-bit field; nil if it does not fit.
  var inHeader: UInt8? { UInt8(exactly: rawValue) }
}

/// A packet mark and the mask of its significant bits, in host order.
package struct MarkSelector: Hashable, Sendable {
  package var value: UInt32
  package var mask: UInt32

  package init(_ value: UInt32, mask: UInt32 = .max) {
    self.value = value
    self.mask = mask
  }
}

extension MarkSelector {
  /// True if the selector matches packets with the mark.
  package func contains(_ mark: UInt32) -> Bool { mark & mask == value & mask }
}
