public import Intercept

/// A lookup of the route of a user's packets: policy rules distinguish users (`ip rule ... uidrange`).
public struct RouteQuery: Hashable, Sendable {
  let user: UserID?
  let destination: IPAddress

  /// - Parameters:
  ///   - flow: the connection, whose owner sends the packets.
  ///   - destination: the destination of the packets when they are routed.
  public init(_ flow: Flow, to destination: IPAddress) {
    user = flow.owner?.user
    self.destination = destination
  }
}

extension PodFacts {
  /// The kernel's answers for the packets of a connection, by their destination.
  func routes(of flow: Flow) -> [IPAddress: RouteAnswer] {
    let own = routes.filter { flow.direction == .outbound && $0.key.user == flow.owner?.user }
    return Dictionary(own.map { ($0.key.destination, $0.value) }) { first, _ in first }
  }

  /// The networks to whose other hosts every one of some users has a route.
  func reachableNetworks(_ family: IPFamily, of owners: [SocketOwner?]) -> [CIDR] {
    host.networks.filter { network in
      network.block.family == family
        && owners.allSatisfy { owner in
          guard let flow = typicalFlows.neighbour(in: network, of: owner) else { return false }
          return routes[RouteQuery(flow, to: flow.destination.address)] == .sent(through: network.interface)
        }
    }.map(\.block)
  }
}
