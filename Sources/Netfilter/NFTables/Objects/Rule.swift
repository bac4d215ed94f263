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

// Rules are decoded attribute by attribute, not by libnftnl, which rejects a whole rule for one expression that
// is newer than itself. A foreign rule must be visible even if its expressions are unknown.
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
  /// The libnftnl object for this rule. With `onlyIdentity` only the attributes that name it, for a deletion.
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
    // libnftnl omits the attribute unless both of its parts are set.
    if let compatibility {
      rule.set(NFTNL_RULE_COMPAT_PROTO, compatibility.protocol)
      rule.set(NFTNL_RULE_COMPAT_FLAGS, compatibility.flags.rawValue)
    }
    if !userdata.isEmpty { try rule.set(userdata: userdata) }
    // libnftnl counts the list in 16 bits and does not check for overflow.
    guard expressions.reduce(0, { $0 + $1.largestEncoding }) < Int(UInt16.max) else {
      throw .inexpressible("its expressions are larger than a netlink attribute can be")
    }
    for expression in expressions {
      rule.add(try expression.encoded())
    }
  }
}

/// libnftnl's `nftnl_rule`.
@safe struct NFTRule: ~Copyable {
  private let pointer: OpaquePointer

  private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe nftnl_rule_free(pointer) }

  static func allocate() throws(NetlinkFailure) -> NFTRule {
    guard let pointer = unsafe nftnl_rule_alloc() else { throw .call("nftnl_rule_alloc", .current) }
    return unsafe NFTRule(adopting: pointer)
  }

  func set(_ attribute: nftnl_rule_attr, _ value: UInt32) {
    unsafe nftnl_rule_set_u32(pointer, UInt16(attribute.rawValue), value)
  }

  func set(_ attribute: nftnl_rule_attr, _ handle: Handle) {
    unsafe nftnl_rule_set_u64(pointer, UInt16(attribute.rawValue), handle.rawValue)
  }

  func set(_ attribute: nftnl_rule_attr, name: String) throws(NetlinkFailure) {
    let result = unsafe nftnl_rule_set_str(pointer, UInt16(attribute.rawValue), try KernelName(name).text)
    guard result == 0 else { throw .call("nftnl_rule_set_str", .current) }
  }

  func set(userdata: [UInt8]) throws(NetlinkFailure) {
    guard userdata.count <= NFT_USERDATA_MAXLEN else {
      throw .inexpressible("user data of \(userdata.count) bytes, the limit is \(NFT_USERDATA_MAXLEN)")
    }
    let attribute = UInt16(NFTNL_RULE_USERDATA.rawValue)
    guard unsafe nftnl_rule_set_data(pointer, attribute, userdata, UInt32(userdata.count)) == 0 else {
      throw .call("nftnl_rule_set_data", .current)
    }
  }

  /// Appends an expression, which the rule owns afterwards.
  mutating func add(_ expression: consuming NFTExpression) {
    unsafe nftnl_rule_add_expr(pointer, expression.release())
  }

  func build(into message: UnsafeMutablePointer<nlmsghdr>) {
    unsafe nftnl_rule_nlmsg_build_payload(message, pointer)
  }
}

extension Batch {
  /// Adds a rule at the end of its chain, or after the rule that its position names.
  ///
  /// - Parameter label: the rule's text, for errors; its chain if nil.
  package mutating func append(_ rule: RawRule, label: BatchLabel? = nil) throws(NetlinkError) {
    try add("add rule", label, NFT_MSG_NEWRULE, rule, [.create, .append])
  }

  /// Inserts a rule at the start of its chain, or before the rule that its position names.
  package mutating func insert(_ rule: RawRule, label: BatchLabel? = nil) throws(NetlinkError) {
    try add("insert rule", label, NFT_MSG_NEWRULE, rule, [.create])
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
      let object = try rule.encoded(onlyIdentity: onlyIdentity)
      unsafe try add(type, rule.family, flags, entry) { unsafe object.build(into: $0) }
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
