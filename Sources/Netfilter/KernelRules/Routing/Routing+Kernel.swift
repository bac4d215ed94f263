import CNetfilter
public import Intercept
public import Netlink
import RouteNetlink
import SystemPackage

extension Routing {
  /// Reads the interception routing of the thread's namespace.
  ///
  /// A policy rule with this program's protocol number is Istio's, whatever its mark.
  ///
  /// - Parameter marks: the marks of interception: a policy rule for one of them and a table of its own is Istio's,
  ///   whichever program added it.
  public static func read(marks: Set<Mark>) throws(NetlinkError) -> Routing {
    var connection = try RouteConnection.open()
    var diversions: [Diversion] = []
    for family in [AddressFamily.ipv4, .ipv6] {
      do throws(NetlinkError) {
        diversions += try connection.diversions(family, marks: marks)
      } catch {
        guard error.isWithoutFamily else { throw error }
      }
    }
    let passthrough = try connection.passthroughAddress()
    let hasAddress = try connection.addresses().contains(where: passthrough.isSame)
    return Routing(diversions: diversions, hasPassthroughAddress: hasAddress)
  }

  /// Adds the missing routing to the thread's namespace.
  ///
  /// - Returns: the routing that was missing.
  public func add() throws(NetlinkError) -> Routing {
    guard !isEmpty else { return .none }
    var connection = try RouteConnection.open()
    var added = Routing.none
    for diversion in diversions where try connection.add(diversion) {
      added.diversions.append(diversion)
    }
    if hasPassthroughAddress {
      let address = try connection.passthroughAddress()
      added.hasPassthroughAddress = try connection.add(address)
    }
    return added
  }

  /// Marks the policy rules of other programs with this program's protocol number. If this run is killed after the
  /// packet rules are removed and before the policy rules are, the next run still recognises them.
  public func adopt() throws(NetlinkError) {
    guard !diversions.isEmpty else { return }
    var connection = try RouteConnection.open()
    for diversion in diversions { try connection.adopt(diversion.rule) }
  }

  /// Removes this routing from the thread's namespace, with duplicates, but no route that other rules use.
  ///
  /// - Returns: the routing that was there.
  public func remove() throws(NetlinkError) -> Routing {
    guard !isEmpty else { return .none }
    var connection = try RouteConnection.open()
    var removed = Routing.none
    for diversion in diversions where try connection.delete(diversion) {
      removed.diversions.append(diversion)
    }
    if hasPassthroughAddress {
      let address = try connection.passthroughAddress()
      removed.hasPassthroughAddress = try connection.delete(address)
    }
    return removed
  }
}

extension RouteConnection where Transport: ~Copyable {
  fileprivate mutating func diversions(
    _ family: AddressFamily, marks: Set<Mark>
  ) throws(NetlinkError) -> [Routing.Diversion] {
    let rules = try policyRules(family).filter { rule in
      let isKnown = rule.origin == .interception || marks.contains(Mark(rawValue: rule.mark.value))
      return isKnown && !rule.table.isEveryNamespaces && rule.mark.mask == .max
    }
    return rules.reduce(into: []) { found, rule in
      let diversion = Routing.Diversion(rule)
      if !found.contains(diversion) { found.append(diversion) }
    }
  }

  /// The rule is added first and removed last, since it identifies the route if this run is killed. Without the
  /// route it has no effect.
  fileprivate mutating func add(_ diversion: Routing.Diversion) throws(NetlinkError) -> Bool {
    let isNewRule = try add(diversion.rule)
    let isNewRoute = try add(try route(of: diversion))
    return isNewRule || isNewRoute
  }

  /// Deletes the rule, and the route unless rules for other marks use it.
  fileprivate mutating func delete(_ diversion: Routing.Diversion) throws(NetlinkError) -> Bool {
    let rule = diversion.rule
    let isShared = try policyRules(rule.family).contains { $0.table == rule.table && !$0.isSame(as: rule) }
    let routes = isShared ? 0 : try delete(try route(of: diversion))
    let rules = try delete(rule)
    return routes + rules > 0
  }

  private mutating func route(of diversion: Routing.Diversion) throws(NetlinkError) -> LocalRoute {
    LocalRoute(diversion.addressFamily, table: diversion.routingTable, on: try interface(named: "lo"))
  }

  fileprivate mutating func passthroughAddress() throws(NetlinkError) -> InterfaceAddress {
    InterfaceAddress(
      .ipv6, IPAddress.passthrough(.ipv6).bytes, prefixLength: 128, on: try interface(named: "lo"))
  }
}

extension RoutingTable {
  /// True for the tables of every namespace: default, main, local.
  fileprivate var isEveryNamespaces: Bool { (253...255).contains(rawValue) }
}

extension NetlinkError {
  /// True if the kernel lacks the address family, such as IPv6 when it is disabled at boot.
  fileprivate var isWithoutFamily: Bool {
    failure.errno == .addressFamilyNotSupported || failure.errno == .notSupportedOnSocket
  }
}

extension Routing.Diversion {
  /// The priority that the kernel chooses in a fresh namespace, just before the main table's. With an explicit
  /// priority the kernel refuses duplicates.
  private static let priority: UInt32 = 32_765

  fileprivate init(_ rule: PolicyRule) {
    self.init(
      family: rule.family == .ipv4 ? .ipv4 : .ipv6, mark: Mark(rawValue: rule.mark.value),
      table: RouteTable(rawValue: rule.table.rawValue))
  }

  fileprivate var addressFamily: AddressFamily { family == .ipv4 ? .ipv4 : .ipv6 }
  fileprivate var routingTable: RoutingTable { RoutingTable(rawValue: table.rawValue) }

  fileprivate var rule: PolicyRule {
    PolicyRule(
      addressFamily, mark: MarkSelector(mark.rawValue), table: routingTable, priority: Self.priority,
      origin: .interception)
  }
}

extension RouteOrigin {
  /// The protocol number of this program's policy rules: RTPROT_KERNEL, which the `ip` command does not show. The
  /// kernel adds no rules with a mark, and no other program uses this number.
  fileprivate static let interception = RouteOrigin(rawValue: UInt8(RTPROT_KERNEL))
}
