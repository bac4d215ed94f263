import CNetfilter
import Intercept
public import Netlink
import RouteNetlink

extension Routing {
  /// Adds the missing parts to the thread's namespace. If one cannot be added, those before it are removed again.
  ///
  /// - Returns: the parts that were missing.
  public func add() throws(NetlinkError) -> Routing {
    guard !isEmpty else { return .none }
    var connection = try RouteConnection.open()
    var added = Routing.none
    do throws(NetlinkError) {
      for part in parts where try Self.add(part, over: &connection) { added.parts.append(part) }
    } catch {
      try? added.undo()
      throw error
    }
    return added
  }

  /// Adds a part. If the kernel's answer is lost, it is asked again: a route that was added after all could not be told
  /// from another program's once its policy rule is removed.
  private static func add(
    _ part: Part, over connection: inout RouteConnection<NetlinkSocket>
  ) throws(NetlinkError) -> Bool {
    do throws(NetlinkError) {
      return try connection.add(part)
    } catch {
      guard error.failure.leavesOutcomeOpen else { throw error }
      connection = try .open()
      return try connection.add(part)
    }
  }

  /// Removes exactly the parts that ``add()`` has returned.
  public func undo() throws(NetlinkError) {
    guard !isEmpty else { return }
    var connection = try RouteConnection.open()
    for part in parts.reversed() { _ = try connection.delete(part, sharedBy: []) }
  }

  /// Marks the policy rules of other programs with this program's protocol number. If this run is killed after the
  /// packet rules are removed and before the policy rules are, the next run still recognises them.
  public func adopt() throws(NetlinkError) {
    guard !diversions.isEmpty else { return }
    var connection = try RouteConnection.open()
    for diversion in diversions { try connection.adopt(PolicyRule(diversion)) }
  }

  /// Removes these parts from the thread's namespace, with duplicates, but no route that other rules use. Policy rules
  /// are removed after their routes, which they identify if this run is killed.
  ///
  /// - Returns: the parts that were there.
  public func remove() throws(NetlinkError) -> Routing {
    guard !isEmpty else { return .none }
    var connection = try RouteConnection.open()
    var removed = Routing.none
    let going = diversions.map { PolicyRule($0) }
    for part in parts.reversed() {
      let sharers = try connection.policyRules(using: part).filter { !going.contains(where: $0.isSame) }
      if try connection.delete(part, sharedBy: sharers) { removed.parts.insert(part, at: 0) }
    }
    return removed
  }
}

extension RouteConnection where Transport: ~Copyable {
  fileprivate mutating func add(_ part: Routing.Part) throws(NetlinkError) -> Bool {
    switch part {
    case .policyRule(let diversion): try add(PolicyRule(diversion))
    case .localRoute(let family, let table): try add(try localRoute(family, table))
    case .passthroughAddress: try add(try passthroughAddress())
    }
  }

  /// - Parameter sharers: policy rules that need a route.
  fileprivate mutating func delete(
    _ part: Routing.Part, sharedBy sharers: [PolicyRule]
  ) throws(NetlinkError) -> Bool {
    switch part {
    case .policyRule(let diversion): try delete(PolicyRule(diversion)) > 0
    case .passthroughAddress: try delete(try passthroughAddress())
    case .localRoute(let family, let table):
      try sharers.isEmpty ? delete(try localRoute(family, table)) > 0 : false
    }
  }

  /// The policy rules that lead to a route's table; none for other parts.
  fileprivate mutating func policyRules(using part: Routing.Part) throws(NetlinkError) -> [PolicyRule] {
    switch part {
    case .policyRule, .passthroughAddress: []
    case .localRoute(let family, let table):
      try policyRules(AddressFamily(family)).filter { $0.table == table }
    }
  }

  private mutating func localRoute(
    _ family: IPFamily, _ table: RouteTable
  ) throws(NetlinkError) -> LocalRoute {
    LocalRoute(AddressFamily(family), table: table, on: try interface(named: "lo"))
  }

  mutating func passthroughAddress() throws(NetlinkError) -> InterfaceAddress {
    InterfaceAddress(
      .ipv6, IPAddress.passthrough(.ipv6).bytes, prefixLength: 128, on: try interface(named: "lo"))
  }
}

extension AddressFamily {
  init(_ family: IPFamily) { self = family == .ipv4 ? .ipv4 : .ipv6 }

  /// The family in the rule model.
  var inModel: IPFamily { self == .ipv4 ? .ipv4 : .ipv6 }
}

extension PolicyRule {
  /// The priority that the kernel chooses in a fresh namespace, just before the main table's. With an explicit
  /// priority the kernel refuses duplicates.
  static let usualPriority: UInt32 = 32_765

  init(_ diversion: Routing.Diversion) {
    self.init(
      AddressFamily(diversion.family), mark: MarkSelector(diversion.mark.rawValue), table: diversion.table,
      priority: Self.usualPriority, origin: .interception)
  }
}

extension RouteOrigin {
  /// The protocol number of this program's policy rules: RTPROT_KERNEL, which the `ip` command does not show. The
  /// kernel adds no rules with a mark, and no other program uses this number.
  static let interception = RouteOrigin(rawValue: UInt8(RTPROT_KERNEL))
}
