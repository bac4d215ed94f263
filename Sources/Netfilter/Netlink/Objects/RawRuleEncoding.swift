import CNetfilter

extension RawRule {
  /// The libnftnl object for this rule. With `onlyIdentity` just what names it, as a deletion wants it.
  func encoded(onlyIdentity: Bool = false) throws(NetlinkFailure) -> NFTRule {
    var rule = try NFTRule.allocate()
    rule.set(NFTNL_RULE_FAMILY, UInt32(family.rawValue))
    try rule.set(NFTNL_RULE_TABLE, name: table)
    try rule.set(NFTNL_RULE_CHAIN, name: chain)
    if let handle { rule.set(NFTNL_RULE_HANDLE, handle) }
    if onlyIdentity { return rule }
    if let position { rule.set(NFTNL_RULE_POSITION, position) }
    try encodeContent(into: &rule)
    return rule
  }

  private func encodeContent(into rule: inout NFTRule) throws(NetlinkFailure) {
    // libnftnl leaves the compatibility out unless both of its halves are set.
    if let compatibility {
      rule.set(NFTNL_RULE_COMPAT_PROTO, compatibility.protocol)
      rule.set(NFTNL_RULE_COMPAT_FLAGS, compatibility.flags.rawValue)
    }
    if !userdata.isEmpty { try rule.set(userdata: userdata) }
    // libnftnl counts the list in 16 bits and does not look whether it overflows.
    guard expressions.reduce(0, { $0 + $1.largestEncoding }) < Int(UInt16.max) else {
      throw .inexpressible("its expressions are larger than a netlink attribute can be")
    }
    for expression in expressions {
      rule.add(try expression.encoded())
    }
  }
}
