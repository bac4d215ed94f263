import CNetfilter
package import Netlink

/// Tables, chains and rules as messages: those that a batch creates, or those that the kernel lists.
///
/// The kernel lists an object with the attributes that it was created with. Comparing these takes a tenth of the time of
/// decoding rules and comparing their meaning.
package struct CreatedObjects: Sendable {
  private var tables: [ObjectMessage] = []
  private var chains: [ObjectMessage] = []
  /// The rules of each chain, in order.
  private var rules: [[ObjectMessage]] = []

  /// Nil if the batch does anything else: changes or deletes objects, inserts rules, or creates sets.
  package init?(_ batch: borrowing FinishedBatch) {
    guard let messages = try? NetlinkMessage.messages(in: batch.bytes) else { return nil }
    for message in messages where message.type >> 8 == NFNL_SUBSYS_NFTABLES {
      guard message.flags.contains(.create), let object = try? ObjectMessage(message) else { return nil }
      switch UInt32(message.type & 0xff) {
      case NFT_MSG_NEWTABLE.rawValue: tables.append(object)
      case NFT_MSG_NEWCHAIN.rawValue: chains.append(object)
      case NFT_MSG_NEWRULE.rawValue where message.flags.contains(.append): add(rule: object)
      default: return nil
      }
    }
  }

  fileprivate init(tables: [ObjectMessage], chains: [ObjectMessage], rules: [ObjectMessage]) {
    (self.tables, self.chains) = (tables, chains)
    for rule in rules { add(rule: rule) }
  }

  private mutating func add(rule: ObjectMessage) {
    if let index = rules.lastIndex(where: { $0.last?.isOfSameChain(as: rule) == true }) {
      rules[index].append(rule)
    } else {
      rules.append([rule])
    }
  }
}

extension NFTablesConnection where Transport: ~Copyable {
  /// True if nf_tables contains exactly what a batch created.
  ///
  /// False if it contains more, such as tables of other programs, or if the kernel lists rules in another encoding.
  ///
  /// - Parameters:
  ///   - created: the objects of the batch.
  ///   - generation: the generation that the batch made; false in any other.
  package mutating func contains(
    exactly created: CreatedObjects, in generation: Generation
  ) throws(NetlinkError) -> Bool {
    let (isSame, now) = try consistently { (connection) throws(NetlinkError) in
      let tables: [ObjectMessage] = try connection.list("tables", NFT_MSG_GETTABLE, .any)
      guard tables.count == created.tableCount else { return false }
      let listed = CreatedObjects(
        tables: tables, chains: try connection.list("chains", NFT_MSG_GETCHAIN, .any),
        rules: try connection.list("rules", NFT_MSG_GETRULE, .any))
      return created.areListed(in: listed)
    }
    return isSame && now == generation
  }
}

extension CreatedObjects {
  fileprivate var tableCount: Int { tables.count }

  /// True if a list of the kernel has these objects and no others.
  fileprivate func areListed(in listed: CreatedObjects) -> Bool {
    Self.areSame(tables, listed.tables) { $0.isTable(as: $1) }
      && Self.areSame(chains, listed.chains) { $0.isChain(as: $1) }
      && Self.areSame(rules, listed.rules) { created, listed in
        created.count == listed.count && zip(created, listed).allSatisfy { $0.isRule(as: $1) }
      }
  }

  /// True if both lists have the same objects in any order. No list has an object twice.
  private static func areSame<Object>(
    _ created: [Object], _ listed: [Object], _ isSame: (Object, Object) -> Bool
  ) -> Bool {
    created.count == listed.count && created.allSatisfy { object in listed.contains { isSame(object, $0) } }
  }
}

/// A message that describes a table, chain or rule.
private struct ObjectMessage: DumpedObject {
  private let family: UInt8
  private let attributes: AttributeTable

  init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(nfgenmsg.self)
    (family, self.attributes) = (header.nfgen_family, attributes)
  }

  /// True if the kernel lists this table so, neither dormant nor owned by a socket.
  func isTable(as listed: ObjectMessage) -> Bool {
    agrees(with: listed, on: NFTA_TABLE_NAME) && listed.attributes[NFTA_TABLE_FLAGS]?.big32 ?? 0 == 0
  }

  /// True if the kernel lists this chain so.
  func isChain(as listed: ObjectMessage) -> Bool {
    agrees(with: listed, on: NFTA_CHAIN_TABLE) && agrees(with: listed, on: NFTA_CHAIN_NAME)
      && agrees(with: listed, on: NFTA_CHAIN_HOOK) && agrees(with: listed, on: NFTA_CHAIN_POLICY)
      && agrees(with: listed, on: NFTA_CHAIN_TYPE)
  }

  /// True if both are rules of one chain.
  func isOfSameChain(as other: ObjectMessage) -> Bool {
    agrees(with: other, on: NFTA_RULE_TABLE) && agrees(with: other, on: NFTA_RULE_CHAIN)
  }

  /// True if the kernel lists this rule so. The kernel does not keep NFTA_RULE_COMPAT.
  func isRule(as listed: ObjectMessage) -> Bool {
    isOfSameChain(as: listed) && agrees(with: listed, on: NFTA_RULE_EXPRESSIONS)
      && agrees(with: listed, on: NFTA_RULE_USERDATA)
  }

  private func agrees(with listed: ObjectMessage, on type: some RawRepresentable<UInt32>) -> Bool {
    family == listed.family && attributes.agrees(with: listed.attributes, on: type)
  }
}
