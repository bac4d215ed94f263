import CNetfilter

extension RouteConnection where Transport: ~Copyable {
  /// The routes of a family that take every destination for this machine, of all tables.
  package mutating func localRoutes(_ family: AddressFamily) throws(NetlinkError) -> [LocalRoute] {
    let listed: [ListedRoute] = try list("routes") { sequence in
      var request = MessageBuilder(type: UInt16(RTM_GETROUTE), flags: [.request, .dump], sequence: sequence)
      var header = rtmsg()
      header.rtm_family = family.number
      request.put(header: header)
      return request
    }
    return listed.compactMap(\.route)
  }

  /// Adds a route.
  ///
  /// - Returns: whether it was not there before.
  @discardableResult
  package mutating func add(_ route: LocalRoute) throws(NetlinkError) -> Bool {
    if try localRoutes(route.family).contains(route) { return false }
    return try addNew("route", route.label) { sequence in
      route.request(RTM_NEWROUTE, [.request, .acknowledge, .create, .exclusive], sequence)
    }
  }

  /// Removes a route, as often as it is there: IPv6 has one for every metric.
  ///
  /// - Returns: how many there were.
  @discardableResult
  package mutating func delete(_ route: LocalRoute) throws(NetlinkError) -> Int {
    let present = try localRoutes(route.family).filter { $0 == route }
    for route in present {
      try perform("delete route", route.label) { sequence in
        route.request(RTM_DELROUTE, [.request, .acknowledge], sequence)
      }
    }
    return present.count
  }
}
