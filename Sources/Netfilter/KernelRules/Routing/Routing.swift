public import Intercept

/// The routing that interception needs besides rules: for TPROXY a policy rule and a route that deliver marked
/// packets locally, for IPv6 the address ::6 on `lo`.
public struct Routing: Hashable, Sendable {
  /// The parts in the order in which they are added.
  public var parts: [Part]

  /// An object of the kernel's routing.
  public enum Part: Hashable, Sendable {
    case policyRule(Diversion)
    /// The route that delivers every destination locally: `ip route add local default dev lo table TABLE`.
    case localRoute(IPFamily, RouteTable)
    /// ::6/128 on `lo`, the proxy's source address for connections to the app; IPv4 has all of 127.0.0.0/8.
    case passthroughAddress
  }

  /// A policy rule: packets with a mark use a routing table (`ip rule add fwmark MARK lookup TABLE`).
  public struct Diversion: Hashable, Sendable {
    public let family: IPFamily
    public let mark: Mark
    public let table: RouteTable

    /// The route of its table.
    var route: Part { .localRoute(family, table) }
  }

  /// No routing.
  public static let none = Routing([])

  init(_ parts: [Part]) { self.parts = parts }

  /// The routing of a configuration, as Istio sets it up.
  public init(_ configuration: Configuration) {
    parts = []
    switch configuration.interception {
    case .redirect: break
    case .tproxy(let mark, let table):
      let families = configuration.inboundPorts.isNone ? [] : configuration.families
      for family in families {
        let diversion = Diversion(family: family, mark: mark, table: table)
        // The rule is first, since it identifies the route if this run is killed. Without the route it has no effect.
        parts += [.policyRule(diversion), diversion.route]
      }
    }
    if configuration.includesIPv6 { parts.append(.passthroughAddress) }
  }

  public var isEmpty: Bool { parts.isEmpty }

  /// The policy rules.
  public var diversions: [Diversion] {
    parts.compactMap { if case .policyRule(let diversion) = $0 { diversion } else { nil } }
  }

  /// The parts that the other lacks.
  public func subtracting(_ other: Routing) -> Routing {
    Routing(parts.filter { !other.parts.contains($0) })
  }
}

extension Routing: CustomStringConvertible {
  /// The routing in `ip` syntax: `policy rule and route: fwmark 0x539 lookup 133 (IPv4), ::6 on lo`.
  public var description: String {
    let diverted = diversions.map(\.route)
    return parts.compactMap { part in
      switch part {
      case .policyRule(let rule) where parts.contains(rule.route): "policy rule and route: \(rule)"
      case .localRoute where diverted.contains(part): nil
      case .policyRule, .localRoute, .passthroughAddress: part.description
      }
    }.joined(separator: ", ")
  }
}

extension Routing.Part: CustomStringConvertible {
  /// `policy rule: fwmark 0x539 lookup 133 (IPv4)`.
  public var description: String {
    switch self {
    case .policyRule(let rule): "policy rule: \(rule)"
    case .localRoute(let family, let table): "route: local default dev lo table \(table) (\(family))"
    case .passthroughAddress: "::6 on lo"
    }
  }
}

extension Routing.Diversion: CustomStringConvertible {
  /// `fwmark 0x539 lookup 133 (IPv4)`.
  public var description: String { "fwmark \(mark) lookup \(table) (\(family))" }
}
