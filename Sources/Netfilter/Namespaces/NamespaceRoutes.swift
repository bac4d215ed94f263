import CNetfilter
public import Intercept
public import Netlink
import RouteNetlink
import SystemPackage

/// Lookups of routes in a network namespace.
public struct NamespaceRoutes: ~Copyable {
  private var connection: RouteConnection<NetlinkSocket>
  private let interfaces: [NetworkInterface]
  private let own: [IPAddress]

  /// Opens a connection in the thread's namespace.
  ///
  /// - Parameter own: the addresses of the namespace: the kernel refuses other sources.
  public init(own: [IPAddress]) throws(NetlinkError) {
    var connection = try RouteConnection.open()
    interfaces = try connection.interfaces()
    self.connection = connection
    self.own = own
  }

  /// The kernel's answer to a lookup of the route of a flow's first packet.
  ///
  /// - Parameters:
  ///   - flow: the flow.
  ///   - destination: the destination of the packet when it is routed.
  public mutating func answer(
    _ flow: Flow, to destination: IPAddress
  ) throws(NetlinkError) -> RouteAnswer {
    let family: AddressFamily = destination.family == .ipv4 ? .ipv4 : .ipv6
    var lookup = RouteLookup(family, to: destination.routeBytes)
    if let source = flow.source, source.family == destination.family,
      source.isLoopback || own.contains(source)
    {
      lookup.source = source.routeBytes
    }
    lookup.mark = flow.mark.rawValue
    lookup.user = flow.owner?.user.rawValue
    lookup.proto = flow.proto.rawValue
    lookup.port = flow.destination.port.rawValue
    do throws(NetlinkError) {
      let found = try connection.look(up: lookup)
      if let failure = RouteFailure(kind: found.kind) { return .refused(failure) }
      if found.kind == .local {
        return interfaces.first { $0.name == "lo" }?.isUp == false ? .refused(.loopbackDown) : .local
      }
      if destination.isLoopback { return .refused(.loopbackDown) }
      let name = interfaces.first { $0.index == found.interface }?.name
      guard let name = name.flatMap({ InterfaceName($0) }) else { return .refused(.noRoute) }
      return .sent(through: name)
    } catch {
      guard let failure = RouteFailure(error) else { throw error }
      return .refused(destination.isLoopback ? .loopbackDown : failure)
    }
  }
}

extension IPAddress {
  fileprivate var routeBytes: [UInt8] { bits.bigEndianBytes(family.addressBits / 8) }
}

extension RouteFailure {
  /// Nil for a route by which packets are sent (RTN_*).
  fileprivate init?(kind: ListedRoute.Kind) {
    switch Int(kind.rawValue) {
    case RTN_BLACKHOLE: self = .blackhole
    case RTN_UNREACHABLE: self = .unreachable
    case RTN_PROHIBIT: self = .prohibited
    default: return nil
    }
  }

  /// Nil for an error that is no answer about a route.
  fileprivate init?(_ error: NetlinkError) {
    switch error.failure.errno {
    case .networkUnreachable: self = .noRoute
    case .noRouteToHost: self = .unreachable
    case .permissionDenied: self = .prohibited
    case .invalidArgument: self = .blackhole
    default: return nil
    }
  }
}
