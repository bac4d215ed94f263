import CNetfilter
package import Netlink
package import NetworkValues

/// A route of a dump (`struct rtmsg`).
package struct ListedRoute: Hashable, Sendable {
  package var family: AddressFamily
  package var table: RouteTable
  package var kind: Kind
  /// The network address of the destination: four or sixteen bytes in network order, none for every destination.
  package var destination: [UInt8]
  /// In bits.
  package var prefixLength: UInt8
  /// Of two routes for the same prefix, the kernel uses the one with the smaller metric (RTA_PRIORITY).
  package var metric: UInt32
  /// Nil for a route without a device, or with several next hops.
  package var interface: InterfaceIndex?

  /// The type of a route (RTN_*).
  package struct Kind: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let local = Self(rawValue: UInt8(RTN_LOCAL))
  }
}

/// One message of a dump of routes: a ``ListedRoute``, or nil for one of another family, such as a multicast route.
private struct RouteMessage: DumpedObject {
  let route: ListedRoute?

  init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(rtmsg.self)
    route = AddressFamily(header.rtm_family).map { family in
      ListedRoute(
        family: family,
        table: RouteTable(rawValue: attributes[RTA_TABLE]?.host32 ?? UInt32(header.rtm_table)),
        kind: ListedRoute.Kind(rawValue: header.rtm_type),
        destination: attributes[RTA_DST]?.bytes ?? [], prefixLength: header.rtm_dst_len,
        metric: attributes[RTA_PRIORITY]?.host32 ?? 0,
        interface: (attributes[RTA_OIF]?.host32).map(InterfaceIndex.init))
    }
  }
}

extension LocalRoute {
  /// Nil for any other route.
  package init?(_ route: ListedRoute) {
    guard route.kind == .local, route.prefixLength == 0, let interface = route.interface else { return nil }
    self.init(route.family, table: route.table, on: interface)
  }
}

extension RouteConnection where Transport: ~Copyable {
  /// The routes of a family in all tables.
  package mutating func routes(_ family: AddressFamily) throws(NetlinkError) -> [ListedRoute] {
    let messages: [RouteMessage] = try list("routes") { sequence in
      var request = MessageBuilder(type: UInt16(RTM_GETROUTE), flags: .dump, sequence: sequence)
      var header = rtmsg()
      header.rtm_family = family.number
      request.put(header: header)
      return request
    }
    return messages.compactMap(\.route)
  }
}
