public import Intercept

/// What interception needs of a namespace beside rules: for TPROXY a policy rule and a route that lead marked
/// packets to this host, for IPv6 the address ::6 on `lo`.
public struct Routing: Hashable, Sendable {
  /// Packets with a mark are looked up in a table that takes everything for this host.
  public struct Diversion: Hashable, Sendable {
    public let family: IPFamily
    public let mark: Mark
    public let table: RouteTable
  }

  public var diversions: [Diversion]
  /// Whether `lo` has ::6/128, which the proxy connects to the app from; IPv4 has all of 127.0.0.0/8 anyway.
  public var hasPassthroughAddress: Bool

  /// Nothing at all.
  public static let none = Routing(diversions: [], hasPassthroughAddress: false)

  init(diversions: [Diversion], hasPassthroughAddress: Bool) {
    self.diversions = diversions
    self.hasPassthroughAddress = hasPassthroughAddress
  }

  /// What a configuration needs, as Istio's program sets it up.
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

  /// What is in this and not in the other.
  public func subtracting(_ other: Routing) -> Routing {
    Routing(
      diversions: diversions.filter { !other.diversions.contains($0) },
      hasPassthroughAddress: hasPassthroughAddress && !other.hasPassthroughAddress)
  }
}

extension Routing: CustomStringConvertible {
  /// What there is, in the words of the `ip` command: `policy rule fwmark 0x539 lookup 133 (IPv4), ::6 on lo`.
  public var description: String {
    let rules = diversions.map {
      "policy rule and route: fwmark \($0.mark) lookup \($0.table) (\($0.family))"
    }
    return (rules + (hasPassthroughAddress ? ["::6 on lo"] : [])).joined(separator: ", ")
  }
}
