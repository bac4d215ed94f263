import CNetfilter
public import Intercept
import SystemPackage

extension Routing {
  /// Reads what the thread's namespace has of what interception may have left there.
  ///
  /// A policy rule that this program has signed is ours, whatever its mark and whatever became of the rest.
  ///
  /// - Parameter marks: The marks that interception is known to use: a policy rule for one of them that leads to a
  ///   table of its own is ours, whichever program made it.
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

  /// Puts in what is missing in the thread's namespace; what is there stays.
  ///
  /// - Returns: What was missing.
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

  /// Makes policy rules of other programs' this program's, where they stand: should this run be killed when the packet
  /// rules that told of them are gone and they are not, the next run will know them all the same.
  public func adopt() throws(NetlinkError) {
    guard !diversions.isEmpty else { return }
    var connection = try RouteConnection.open()
    for diversion in diversions { try connection.adopt(diversion.rule) }
  }

  /// Takes everything of this from the thread's namespace, duplicates as well, but no route that others need.
  ///
  /// - Returns: What was there.
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

  /// The rule goes in first and out last: it is what the route is found by, should this run be killed. Without the
  /// route it lets packets fall through, as if it were not there.
  fileprivate mutating func add(_ diversion: Routing.Diversion) throws(NetlinkError) -> Bool {
    let isNewRule = try add(diversion.rule)
    let isNewRoute = try add(try route(of: diversion))
    return isNewRule || isNewRoute
  }

  /// The route stays as long as rules for other marks lead to it.
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
      .ipv6, IPAddress.ipv6(.passthrough).bytes, prefixLength: 128, on: try interface(named: "lo"))
  }
}

extension RoutingTable {
  /// Whether every namespace has the table: default, main, local.
  fileprivate var isEveryNamespaces: Bool { (253...255).contains(rawValue) }
}

extension NetlinkError {
  /// Whether the kernel has no such family at all, as one started with IPv6 turned off.
  fileprivate var isWithoutFamily: Bool {
    failure.errno == .addressFamilyNotSupported || failure.errno == .notSupportedOnSocket
  }
}

extension Routing.Diversion {
  /// The priority the kernel itself chooses in a namespace nobody has touched, just before the main table's.
  /// Naming it lets the kernel refuse a second rule like it, which it does not where it chooses.
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
  /// What this program signs its policy rules with: RTPROT_KERNEL, which the `ip` command does not show. The kernel
  /// itself makes no rules that look at a mark, and nobody else says this of theirs.
  fileprivate static let interception = RouteOrigin(rawValue: UInt8(RTPROT_KERNEL))
}
