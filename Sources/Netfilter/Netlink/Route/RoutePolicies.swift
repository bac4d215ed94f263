import CNetfilter

extension RouteConnection where Transport: ~Copyable {
  /// The rules of a family that look at the mark and at nothing else, in the order they are tried.
  package mutating func policyRules(_ family: AddressFamily) throws(NetlinkError) -> [PolicyRule] {
    let listed: [ListedPolicyRule] = try list("routing rules") { sequence in
      var request = MessageBuilder(type: UInt16(RTM_GETRULE), flags: [.request, .dump], sequence: sequence)
      var header = fib_rule_hdr()
      header.family = family.number
      request.put(header: header)
      return request
    }
    return listed.compactMap(\.rule)
  }

  /// Adds a rule unless there is one like it, at whatever priority: the kernel itself would take it twice.
  ///
  /// - Returns: whether there was none.
  @discardableResult
  package mutating func add(_ rule: PolicyRule) throws(NetlinkError) -> Bool {
    if try policyRules(rule.family).contains(where: rule.isSame) { return false }
    return try addNew("routing rule", rule.label) { sequence in
      rule.request(RTM_NEWRULE, [.request, .acknowledge, .create, .exclusive], sequence)
    }
  }

  /// Puts a rule in the place of those like it that are of another origin. At no moment is there none of them.
  package mutating func adopt(_ rule: PolicyRule) throws(NetlinkError) {
    let present = try policyRules(rule.family).filter(rule.isSame)
    guard let first = present.first, !present.contains(where: { $0.origin == rule.origin }) else { return }
    var rule = rule
    rule.priority = first.priority
    try perform("change routing rule", rule.label) { sequence in
      rule.request(RTM_NEWRULE, [.request, .acknowledge, .create], sequence)
    }
    try delete(present)
  }

  /// Removes every rule like this one, at whatever priority.
  ///
  /// - Returns: how many there were.
  @discardableResult
  package mutating func delete(_ rule: PolicyRule) throws(NetlinkError) -> Int {
    let present = try policyRules(rule.family).filter(rule.isSame)
    try delete(present)
    return present.count
  }

  private mutating func delete(_ rules: [PolicyRule]) throws(NetlinkError) {
    for rule in rules {
      try perform("delete routing rule", rule.label) { sequence in
        rule.request(RTM_DELRULE, [.request, .acknowledge], sequence)
      }
    }
  }
}
