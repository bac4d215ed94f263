import CNetfilter

extension Batch {
  /// Puts a rule at the end of its chain, or behind the rule that its position names.
  ///
  /// - Parameter label: the rule's text, for errors; its chain if nil.
  package mutating func append(_ rule: RawRule, label: BatchLabel? = nil) throws(NetlinkError) {
    try add("add rule", label, NFT_MSG_NEWRULE, rule, [.create, .append])
  }

  /// Puts a rule at the start of its chain, or in front of the rule that its position names.
  package mutating func insert(_ rule: RawRule, label: BatchLabel? = nil) throws(NetlinkError) {
    try add("insert rule", label, NFT_MSG_NEWRULE, rule, [.create])
  }

  /// Puts a rule in the place of the one that has its handle.
  package mutating func replace(_ rule: RawRule, label: BatchLabel? = nil) throws(NetlinkError) {
    try add("replace rule", label, NFT_MSG_NEWRULE, rule, [.replace])
  }

  /// Removes the rule that has this one's handle.
  ///
  /// - Throws: ``NetlinkFailure/inexpressible(_:)`` without a handle, which would empty the chain.
  package mutating func delete(_ rule: RawRule, label: BatchLabel? = nil) throws(NetlinkError) {
    guard rule.handle != nil else {
      throw NetlinkError("delete rule", label?() ?? rule.label, .inexpressible("it has no handle"))
    }
    try add("delete rule", label, NFT_MSG_DELRULE, rule, [], onlyIdentity: true)
  }

  /// Removes all rules of a chain.
  package mutating func flush(_ chain: RawChain) throws(NetlinkError) {
    let all = RawRule(family: chain.family, table: chain.table, chain: chain.name)
    try add("flush chain", { chain.label }, NFT_MSG_DELRULE, all, [], onlyIdentity: true)
  }

  private mutating func add(
    _ operation: String, _ label: BatchLabel?, _ type: nf_tables_msg_types, _ rule: RawRule,
    _ flags: NetlinkFlags, onlyIdentity: Bool = false
  ) throws(NetlinkError) {
    let entry = BatchEntry(operation, label ?? { rule.label })
    try entry.naming { () throws(NetlinkFailure) in
      let object = try rule.encoded(onlyIdentity: onlyIdentity)
      unsafe try add(type, rule.family, flags, entry) { unsafe object.build(into: $0) }
    }
  }
}

extension RawRule {
  /// Where the rule is, as the `nft` command names it.
  package var label: String {
    let place = "\(family) \(table) \(chain)"
    return handle.map { "\(place) handle \($0.rawValue)" } ?? place
  }
}
