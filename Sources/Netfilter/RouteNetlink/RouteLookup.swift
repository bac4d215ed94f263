import CNetfilter
package import Netlink

/// An outbound packet whose route the kernel looks up (`ip route get`).
package struct RouteLookup: Hashable, Sendable {
  package var family: AddressFamily
  /// Four or sixteen bytes in network order.
  package var destination: [UInt8]
  /// An address of this host; nil if the kernel selects it.
  package var source: [UInt8]?
  package var mark: UInt32 = 0
  /// The user of the socket, for policy rules with `uidrange`; nil for root.
  package var user: UInt32?
  /// The transport protocol, for policy rules with `ipproto`.
  package var proto: UInt8 = 0
  /// The destination port, for policy rules with `dport`.
  package var port: UInt16 = 0

  package init(_ family: AddressFamily, to destination: [UInt8]) {
    self.family = family
    self.destination = destination
  }

  /// The route that the kernel finds.
  package struct Result: Hashable, Sendable {
    package let kind: ListedRoute.Kind
    package let interface: InterfaceIndex?
  }

  fileprivate func request(_ sequence: UInt32) -> MessageBuilder {
    var request = MessageBuilder(type: UInt16(RTM_GETROUTE), sequence: sequence)
    var header = rtmsg()
    header.rtm_family = self.family.number
    header.rtm_dst_len = UInt8(8 * destination.count)
    header.rtm_src_len = UInt8(8 * (source?.count ?? 0))
    request.put(header: header)
    request.put(RTA_DST.rawValue, bytes: destination[...])
    if let source { request.put(RTA_SRC.rawValue, bytes: source[...]) }
    if mark != 0 { request.put(RTA_MARK.rawValue, host32: mark) }
    if let user { request.put(RTA_UID.rawValue, host32: user) }
    if proto != 0 { request.put(RTA_IP_PROTO.rawValue, bytes: [proto]) }
    if port != 0 { request.put(RTA_DPORT.rawValue, bytes: [UInt8(port >> 8), UInt8(port & 0xff)]) }
    return request
  }
}

extension RouteConnection where Transport: ~Copyable {
  /// Looks up the route of an outbound packet.
  ///
  /// - Throws: `NetlinkError` with the error of `connect()` if there is no route, or one that refuses packets.
  package mutating func look(up lookup: RouteLookup) throws(NetlinkError) -> RouteLookup.Result {
    try NetlinkError.naming("look up a route") { () throws(NetlinkFailure) in
      let sequence = UInt32.freshSequence
      let answer = try transport.ask(lookup.request(sequence), sequence: sequence)
      let (header, attributes) = try answer.body(rtmsg.self)
      return RouteLookup.Result(
        kind: ListedRoute.Kind(rawValue: header.rtm_type),
        interface: (attributes[RTA_OIF]?.host32).map(InterfaceIndex.init))
    }
  }
}
