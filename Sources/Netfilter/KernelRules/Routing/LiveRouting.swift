public import Intercept
public import Netlink
import RouteNetlink
import SystemPackage

/// The routing of a network namespace, as far as it concerns interception.
public struct LiveRouting: Hashable, Sendable {
  /// The parts that are Istio's.
  public let interception: Routing
  /// Routes and policy rules that precede wanted ones.
  public let obstacles: [RoutingObstacle]

  /// Reads the routing of the thread's namespace.
  ///
  /// A policy rule with this program's protocol number is Istio's, whatever its mark.
  ///
  /// - Parameters:
  ///   - marks: the marks of interception: a policy rule for one of them and a table of its own is Istio's, whichever
  ///     program added it.
  ///   - wanted: routing to find obstacles to.
  public static func read(marks: Set<Mark>, wanted: Routing = .none) throws(NetlinkError) -> LiveRouting {
    var connection = try RouteConnection.open()
    var (parts, obstacles): ([Routing.Part], [RoutingObstacle]) = ([], [])
    for family in AddressFamily.allCases {
      do throws(NetlinkError) {
        let reading = try connection.familyRouting(family, marks: marks, wanted: wanted)
        parts += reading.parts
        obstacles += reading.obstacles
      } catch {
        guard error.isWithoutFamily else { throw error }
      }
    }
    let address = try connection.passthroughAddress()
    if try connection.addresses().contains(where: address.isSame) { parts.append(.passthroughAddress) }
    return LiveRouting(interception: Routing(parts), obstacles: obstacles)
  }

  /// The differences from a wanted routing, which is the one given to ``read(marks:wanted:)``.
  public func differences(from wanted: Routing) -> RoutingDiff {
    RoutingDiff(
      missing: wanted.subtracting(interception), unexpected: interception.subtracting(wanted),
      obstacles: obstacles)
  }

  /// The policy rules whose table delivers marked packets locally.
  public var deliveringRules: [Routing.Diversion] {
    interception.diversions.filter { interception.parts.contains($0.route) }
  }
}

/// The routing of one family.
private struct FamilyRouting {
  let family: IPFamily
  let rules: [PolicyRule]
  /// Empty unless there are policy rules of interception, or wanted ones.
  let routes: [ListedRoute]
  /// The policy rules that are Istio's, without duplicates.
  let diversions: [Routing.Diversion]
  let wanted: Routing

  /// Each policy rule, and the local route of its table once.
  var parts: [Routing.Part] {
    let wantedTables = wanted.diversions.filter { $0.family == family }.map(\.table)
    let locals = routes.compactMap { LocalRoute($0) }.map(\.table)
    var parts: [Routing.Part] = []
    for diversion in diversions {
      parts.append(.policyRule(diversion))
      if locals.contains(diversion.table), !parts.contains(diversion.route) { parts.append(diversion.route) }
    }
    // The route alone is not Istio's, but it need not be added.
    for table in wantedTables where locals.contains(table) {
      let route = Routing.Part.localRoute(family, table)
      if !parts.contains(route) { parts.append(route) }
    }
    return parts
  }

  var obstacles: [RoutingObstacle] {
    wanted.diversions.filter { $0.family == family }.flatMap { routes(before: $0) + rules(before: $0) }
  }

  /// Routes of the diversion's table that are not local, and more specific or of a metric that is no larger.
  private func routes(before diversion: Routing.Diversion) -> [RoutingObstacle] {
    let routes = routes.filter { $0.table == diversion.table }
    let metric = routes.filter { LocalRoute($0) != nil }.map(\.metric).min() ?? .max
    return routes.filter { $0.kind != .local && ($0.prefixLength > 0 || $0.metric <= metric) }
      .map { .route($0.words, family, diversion.table) }
  }

  /// Policy rules for the mark that precede and lead to a table with a default route that is not local.
  private func rules(before diversion: Routing.Diversion) -> [RoutingObstacle] {
    let own = rules.first { $0.isSame(as: PolicyRule(diversion)) }?.priority ?? PolicyRule.usualPriority
    return rules.compactMap { rule in
      guard let priority = rule.priority, priority < own, rule.mark.contains(diversion.mark.rawValue),
        rule.table != diversion.table, hasDefaultRoute(rule.table)
      else { return nil }
      return .policyRule(priority: priority, family, leadsTo: rule.table)
    }
  }

  private func hasDefaultRoute(_ table: RouteTable) -> Bool {
    routes.contains { $0.table == table && $0.prefixLength == 0 && $0.kind != .local }
  }
}

extension RouteConnection where Transport: ~Copyable {
  fileprivate mutating func familyRouting(
    _ family: AddressFamily, marks: Set<Mark>, wanted: Routing
  ) throws(NetlinkError) -> FamilyRouting {
    let rules = try policyRules(family)
    let own = rules.filter { rule in
      let isKnown = rule.origin == .interception || marks.contains(Mark(rawValue: rule.mark.value))
      return isKnown && !rule.table.isEveryNamespaces && rule.mark.mask == .max
    }
    let diversions = own.reduce(into: []) { (found: inout [Routing.Diversion], rule) in
      let diversion = Routing.Diversion(rule)
      if !found.contains(diversion) { found.append(diversion) }
    }
    let concerns = !diversions.isEmpty || wanted.diversions.contains { $0.family == family.inModel }
    return FamilyRouting(
      family: family.inModel, rules: rules, routes: concerns ? try routes(family) : [],
      diversions: diversions, wanted: wanted)
  }
}

extension Routing.Diversion {
  fileprivate init(_ rule: PolicyRule) {
    self.init(family: rule.family.inModel, mark: Mark(rawValue: rule.mark.value), table: rule.table)
  }
}

extension RouteTable {
  /// True for the tables of every namespace: default, main, local.
  fileprivate var isEveryNamespaces: Bool { (253...255).contains(rawValue) }
}

extension ListedRoute {
  /// The destination, with a metric if there is one: `default`, `10.0.0.0/8 metric 5`.
  fileprivate var words: String {
    let bits = UInt128(bigEndianBytes: destination)
    let address = IPAddress(family == .ipv4 ? .ipv4 : .ipv6, bits: bits)
    let prefix = prefixLength == 0 ? "default" : "\(address)/\(prefixLength)"
    return metric == 0 ? prefix : "\(prefix) metric \(metric)"
  }
}

extension NetlinkError {
  /// True if the kernel lacks the address family, such as IPv6 when it is disabled at boot.
  fileprivate var isWithoutFamily: Bool {
    failure.errno == .addressFamilyNotSupported || failure.errno == .notSupportedOnSocket
  }
}
