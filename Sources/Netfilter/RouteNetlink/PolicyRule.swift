import CNetfilter
package import Netlink
package import NetworkValues

/// A policy routing rule for TPROXY: packets with a mark use a routing table (`ip rule`, `struct fib_rule_hdr`).
package struct PolicyRule: Hashable, Sendable {
  package var family: AddressFamily
  package var mark: MarkSelector
  package var table: RouteTable
  /// The position of the rule, lowest first. Nil lets the kernel choose, which then accepts duplicates.
  package var priority: UInt32?
  package var origin: RouteOrigin

  package init(
    _ family: AddressFamily, mark: MarkSelector, table: RouteTable, priority: UInt32? = nil,
    origin: RouteOrigin = .unspecified
  ) {
    self.family = family
    self.mark = mark
    self.table = table
    self.priority = priority
    self.origin = origin
  }
}

extension PolicyRule {
  /// True if both send the same packets to the same table, whatever their priority and origin.
  package func isSame(as other: Self) -> Bool {
    family == other.family && mark == other.mark && table == other.table
  }

  /// The `ip` command's arguments.
  var label: String {
    let mask = mark.mask == .max ? "" : "/0x\(String(mark.mask, radix: 16))"
    let rule = "\(family.option) fwmark 0x\(String(mark.value, radix: 16))\(mask) lookup \(table.rawValue)"
    return priority.map { "\(rule) priority \($0)" } ?? rule
  }

  func request(_ type: Int, _ flags: NetlinkFlags, _ sequence: UInt32) -> MessageBuilder {
    var request = MessageBuilder(type: UInt16(type), flags: flags, sequence: sequence)
    var header = fib_rule_hdr()
    header.family = family.number
    header.action = UInt8(FR_ACT_TO_TBL)
    header.table = table.inHeader ?? 0
    request.put(header: header)
    request.put(FRA_FWMARK, host32: mark.value)
    if mark.mask != .max { request.put(FRA_FWMASK, host32: mark.mask) }
    if table.inHeader == nil { request.put(FRA_TABLE, host32: table.rawValue) }
    if let priority { request.put(FRA_PRIORITY, host32: priority) }
    if origin != .unspecified { request.put(FRA_PROTOCOL, bytes: [origin.rawValue]) }
    return request
  }
}

/// One message of a dump of rules: a ``PolicyRule``, or nil for a rule with conditions other than a mark.
struct ListedPolicyRule: DumpedObject {
  var rule: PolicyRule?

  init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(fib_rule_hdr.self)
    guard let family = AddressFamily(header.family), Self.looksAtMarkOnly(header, attributes) else { return }
    // Without a mark the rule selects every packet.
    let value = attributes[FRA_FWMARK]?.host32
    let mark = MarkSelector(value ?? 0, mask: attributes[FRA_FWMASK]?.host32 ?? (value == nil ? 0 : .max))
    let table = attributes[FRA_TABLE]?.host32 ?? UInt32(header.table)
    rule = PolicyRule(
      family, mark: mark, table: RouteTable(rawValue: table),
      priority: attributes[FRA_PRIORITY]?.host32 ?? 0,
      origin: attributes[FRA_PROTOCOL]?.bytes.first.map(RouteOrigin.init) ?? .unspecified)
  }

  private static func looksAtMarkOnly(_ header: fib_rule_hdr, _ attributes: AttributeTable) -> Bool {
    let isPlain = header.dst_len == 0 && header.src_len == 0 && header.tos == 0
    let isInverted = header.flags & UInt32(FIB_RULE_INVERT) != 0
    let others = [
      FRA_IIFNAME, FRA_OIFNAME, FRA_TUN_ID, FRA_L3MDEV, FRA_UID_RANGE, FRA_IP_PROTO, FRA_SPORT_RANGE,
      FRA_DPORT_RANGE,
    ]
    return isPlain && !isInverted && header.action == FR_ACT_TO_TBL
      && others.allSatisfy { attributes[$0] == nil }
  }
}

extension RouteConnection where Transport: ~Copyable {
  /// The rules of a family without conditions other than a mark, in the order of their priority.
  package mutating func policyRules(_ family: AddressFamily) throws(NetlinkError) -> [PolicyRule] {
    let listed: [ListedPolicyRule] = try list("routing rules") { sequence in
      var request = MessageBuilder(type: UInt16(RTM_GETRULE), flags: .dump, sequence: sequence)
      var header = fib_rule_hdr()
      header.family = family.number
      request.put(header: header)
      return request
    }
    return listed.compactMap(\.rule)
  }

  /// Adds a rule unless the same rule exists at any priority: the kernel itself accepts duplicates.
  ///
  /// - Returns: true if it was missing.
  @discardableResult
  package mutating func add(_ rule: PolicyRule) throws(NetlinkError) -> Bool {
    if try policyRules(rule.family).contains(where: rule.isSame) { return false }
    return try addNew("routing rule", rule.label) { sequence in
      rule.request(RTM_NEWRULE, [.acknowledge, .create, .exclusive], sequence)
    }
  }

  /// Replaces the same rules of another origin. The new rule is added before the others are removed.
  package mutating func adopt(_ rule: PolicyRule) throws(NetlinkError) {
    let present = try policyRules(rule.family).filter(rule.isSame)
    guard let first = present.first, !present.contains(where: { $0.origin == rule.origin }) else { return }
    var rule = rule
    rule.priority = first.priority
    try perform("change routing rule", rule.label) { sequence in
      rule.request(RTM_NEWRULE, [.acknowledge, .create], sequence)
    }
    try delete(present)
  }

  /// Removes the same rules at every priority.
  ///
  /// - Returns: the number of rules removed.
  @discardableResult
  package mutating func delete(_ rule: PolicyRule) throws(NetlinkError) -> Int {
    let present = try policyRules(rule.family).filter(rule.isSame)
    try delete(present)
    return present.count
  }

  private mutating func delete(_ rules: [PolicyRule]) throws(NetlinkError) {
    for rule in rules {
      try perform("delete routing rule", rule.label) { sequence in
        rule.request(RTM_DELRULE, .acknowledge, sequence)
      }
    }
  }
}

/// The program that added a routing rule; the `ip` command shows it as `proto` (FRA_PROTOCOL, RTPROT_*).
package struct RouteOrigin: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Unspecified, the value that the `ip` command uses.
  package static let unspecified = Self(rawValue: 0)
}
