public import NetworkValues

/// The kernel's answer to a lookup of the route of an outbound packet (`ip route get`).
public enum RouteAnswer: Hashable, Sendable {
  /// The packet leaves through an interface.
  case sent(through: InterfaceName)
  /// The packet is for this host.
  case local
  case refused(RouteFailure)

  /// The interface through which the packet leaves; nil without a route.
  var interface: InterfaceName? {
    switch self {
    case .sent(let interface): interface
    case .local: .loopback
    case .refused: nil
    }
  }
}

/// A destination to which an outbound packet has no route.
public struct MissingRoute: Hashable, Sendable {
  public let destination: IPAddress
  public let failure: RouteFailure
}

extension MissingRoute: CustomStringConvertible {
  /// `no route to 10.0.0.1, connect() fails with ENETUNREACH`.
  public var description: String {
    "\(failure.words(destination)), connect() fails with \(failure.rawValue)"
  }
}

/// The failure of a route lookup, by the error of `connect()`.
public enum RouteFailure: String, Hashable, Sendable, CaseIterable {
  /// No route to the address.
  case noRoute = "ENETUNREACH"
  /// A route of type `unreachable`.
  case unreachable = "EHOSTUNREACH"
  /// A route or policy rule of type `prohibit`.
  case prohibited = "EACCES"
  /// A route or policy rule of type `blackhole`.
  case blackhole = "EINVAL"
  /// An address of this host while `lo`, which delivers such packets, is down: they are lost.
  case loopbackDown = "ETIMEDOUT"

  /// `no route to 10.0.0.1`, `an unreachable route to 10.0.0.1`.
  public func words(_ address: IPAddress) -> String {
    switch self {
    case .noRoute: "no route to \(address)"
    case .unreachable: "an unreachable route to \(address)"
    case .prohibited: "a prohibit route to \(address)"
    case .blackhole: "a blackhole route to \(address)"
    case .loopbackDown: "lo is down, which delivers to \(address)"
    }
  }
}
