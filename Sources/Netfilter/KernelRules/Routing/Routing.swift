public import Intercept

/// The routing that interception needs besides rules: for TPROXY a policy rule and a route that deliver marked
/// packets locally, for IPv6 the address ::6 on `lo`.
public struct Routing: Hashable, Sendable {
  /// A policy rule and a route: packets with a mark use a table that delivers everything locally.
  public struct Diversion: Hashable, Sendable {
    public let family: IPFamily
    public let mark: Mark
    public let table: RouteTable
  }

  public var diversions: [Diversion]
  /// True if `lo` has ::6/128, the proxy's source address for connections to the app; IPv4 has all of 127.0.0.0/8.
  public var hasPassthroughAddress: Bool

  /// No routing.
  public static let none = Routing(diversions: [], hasPassthroughAddress: false)

  init(diversions: [Diversion], hasPassthroughAddress: Bool) {
    self.diversions = diversions
    self.hasPassthroughAddress = hasPassthroughAddress
  }

  /// The routing of a configuration, as Istio sets it up.
  public init(_ configuration: Configuration) {
    hasPassthroughAddress = configuration.includesIPv6
    switch configuration.interception {
    case .redirect: diversions = []
    case .tproxy(let mark, let table):
      let families = configuration.inboundPorts.isNone ? [] : configuration.families
      diversions = families.map { Diversion(family: $0, mark: mark, table: table) }
    }
  }

  public var isEmpty: Bool { self == .none }

  /// The routing that the other lacks.
  public func subtracting(_ other: Routing) -> Routing {
    Routing(
      diversions: diversions.filter { !other.diversions.contains($0) },
      hasPassthroughAddress: hasPassthroughAddress && !other.hasPassthroughAddress)
  }
}

extension Routing: CustomStringConvertible {
  /// The routing in `ip` syntax: `policy rule fwmark 0x539 lookup 133 (IPv4), ::6 on lo`.
  public var description: String {
    let rules = diversions.map {
      "policy rule and route: fwmark \($0.mark) lookup \($0.table) (\($0.family))"
    }
    return (rules + (hasPassthroughAddress ? ["::6 on lo"] : [])).joined(separator: ", ")
  }
}
