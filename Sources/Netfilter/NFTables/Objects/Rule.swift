import CNetfilter
package import Netlink

/// A rule in the kernel with its expressions (NFT_MSG_NEWRULE).
package struct RawRule: Hashable, Sendable {
  package var family: TableFamily
  package var table: String
  package var chain: String
  /// Nil for a rule that is not in the kernel yet.
  package var handle: Handle?
  /// In a dump, the rule before this one. In an addition, the rule to follow; in an insertion, the rule to
  /// precede (NFTA_RULE_POSITION).
  package var position: Handle?
  /// The protocol of the rule, for xt extensions that check it (NFTA_RULE_COMPAT). The kernel does not keep it:
  /// a dump has none.
  package var compatibility: RuleCompatibility?
  /// Type-length-value triples of the program that created the rule, such as a comment (NFTA_RULE_USERDATA).
  package var userdata: [UInt8]
  package var expressions: [Expression]

  package init(
    family: TableFamily, table: String, chain: String, handle: Handle? = nil, position: Handle? = nil,
    compatibility: RuleCompatibility? = nil, userdata: [UInt8] = [], expressions: [Expression] = []
  ) {
    self.family = family
    self.table = table
    self.chain = chain
    self.handle = handle
    self.position = position
    self.compatibility = compatibility
    self.userdata = userdata
    self.expressions = expressions
  }
}

// A foreign rule must be visible even if its expressions are unknown.
extension RawRule: DumpedObject {
  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(nfgenmsg.self)
    self.init(
      family: TableFamily(rawValue: header.nfgen_family),
      table: try attributes.text(NFTA_RULE_TABLE), chain: try attributes.text(NFTA_RULE_CHAIN),
      handle: attributes[NFTA_RULE_HANDLE]?.big64.map(Handle.init),
      position: attributes[NFTA_RULE_POSITION]?.big64.map(Handle.init),
      userdata: attributes[NFTA_RULE_USERDATA]?.bytes ?? [])
    expressions = try attributes[NFTA_RULE_EXPRESSIONS].map(Self.expressions) ?? []
  }

  private static func expressions(_ list: NetlinkAttribute) throws(NetlinkFailure) -> [Expression] {
    var expressions: [Expression] = []
    for element in try list.nested().all {
      expressions.append(try Expression(element.nested()))
    }
    return expressions
  }
}

extension RawRule {
  /// Writes the attributes. With `onlyIdentity` only those that name the rule, for a deletion.
  fileprivate func encode(into message: inout MessageBuilder, onlyIdentity: Bool) throws(NetlinkFailure) {
    try message.put(NFTA_RULE_TABLE, name: table)
    try message.put(NFTA_RULE_CHAIN, name: chain)
    if let handle { message.put(NFTA_RULE_HANDLE, big64: handle.rawValue) }
    if onlyIdentity { return }
    if let position { message.put(NFTA_RULE_POSITION, big64: position.rawValue) }
    try message.put(NFTA_RULE_USERDATA, userdata: userdata)
    if !expressions.isEmpty {
      let list = message.beginNest(NFTA_RULE_EXPRESSIONS)
      for expression in expressions { try expression.encode(into: &message) }
      try message.endNest(list)
    }
    try compatibility?.encode(into: &message)
  }
}

extension RuleCompatibility {
  fileprivate func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    let nest = message.beginNest(NFTA_RULE_COMPAT)
    message.put(NFTA_RULE_COMPAT_PROTO, big32: self.protocol)
    message.put(NFTA_RULE_COMPAT_FLAGS, big32: isInverted ? NFT_RULE_COMPAT_F_INV.rawValue : 0)
    try message.endNest(nest)
  }
}

extension Batch {
  /// Adds a rule at the end of its chain, or after the rule that its position names.
  ///
  /// - Parameter label: the rule's text, for errors; its chain if nil.
  package mutating func append(_ rule: RawRule, label: BatchLabel? = nil) throws(NetlinkError) {
    try add("add rule", label, NFT_MSG_NEWRULE, rule, .append)
  }

  /// Inserts a rule at the start of its chain, or before the rule that its position names.
  package mutating func insert(_ rule: RawRule, label: BatchLabel? = nil) throws(NetlinkError) {
    try add("insert rule", label, NFT_MSG_NEWRULE, rule, .create)
  }

  /// Replaces the rule that has the same handle.
  package mutating func replace(_ rule: RawRule, label: BatchLabel? = nil) throws(NetlinkError) {
    try add("replace rule", label, NFT_MSG_NEWRULE, rule, [.replace])
  }

  /// Removes the rule that has the same handle.
  ///
  /// - Throws: ``NetlinkFailure/inexpressible(_:)`` if there is no handle: that message would flush the chain.
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
      try add(type, rule.family, flags, entry) { (message) throws(NetlinkFailure) in
        try rule.encode(into: &message, onlyIdentity: onlyIdentity)
      }
    }
  }
}

extension RawRule {
  /// The location of the rule in `nft` syntax.
  package var label: String {
    let place = "\(family) \(table) \(chain)"
    return handle.map { "\(place) handle \($0.rawValue)" } ?? place
  }
}
