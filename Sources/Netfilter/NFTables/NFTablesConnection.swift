import CNetfilter
package import Netlink
import SystemPackage

/// A connection to nf_tables in one network namespace.
package struct NFTablesConnection<Transport: NetlinkTransport & ~Copyable>: ~Copyable {
  private var transport: Transport

  package init(over transport: consuming Transport) { self.transport = transport }

  /// Commits a batch; see ``NetlinkTransport/commit(_:)``.
  package mutating func commit(_ batch: consuming FinishedBatch) throws(BatchError) {
    try transport.commit(batch)
  }

  /// The current generation of the rule set (NFT_MSG_GETGEN).
  package mutating func generation() throws(NetlinkError) -> Generation {
    try NetlinkError.naming("read the generation of the rule set") { () throws(NetlinkFailure) in
      let sequence = UInt32.freshSequence
      let request = Self.request(NFT_MSG_GETGEN, .any, sequence)
      return try Generation(transport.ask(request, sequence: sequence))
    }
  }

  package mutating func tables(_ family: TableFamily = .any) throws(NetlinkError) -> [RawTable] {
    try list("tables", NFT_MSG_GETTABLE, family)
  }

  package mutating func chains(_ family: TableFamily = .any) throws(NetlinkError) -> [RawChain] {
    try list("chains", NFT_MSG_GETCHAIN, family)
  }

  /// The rules in the order they run, chain by chain; of one table or one of its chains if named.
  package mutating func rules(
    _ family: TableFamily = .any, table: String? = nil, chain: String? = nil
  ) throws(NetlinkError) -> [RawRule] {
    var rules: [RawRule] = try list("rules", NFT_MSG_GETRULE, family) { request in
      if let table { request.put(NFTA_RULE_TABLE, string: table) }
      if let chain { request.put(NFTA_RULE_CHAIN, string: chain) }
    }
    nameSets(in: &rules)
    return rules
  }

  mutating func ask(_ request: MessageBuilder, sequence: UInt32) throws(NetlinkFailure) -> NetlinkMessage {
    try transport.ask(request, sequence: sequence)
  }

  package mutating func sets(
    _ family: TableFamily = .any, table: String? = nil
  ) throws(NetlinkError) -> [RawSet] {
    try list("sets", NFT_MSG_GETSET, family) { request in
      if let table { request.put(NFTA_SET_TABLE, string: table) }
    }
  }

  /// The elements of a set, in the kernel's order.
  package mutating func elements(of set: RawSet) throws(NetlinkError) -> [RawSetElement] {
    try listElements(of: set)
  }

  /// The elements of a set as another type than ``RawSetElement``.
  mutating func listElements<Element: Dumped>(of set: RawSet) throws(NetlinkError) -> [Element] {
    try list("elements", NFT_MSG_GETSETELEM, set.family) { request in
      request.put(NFTA_SET_ELEM_LIST_TABLE, string: set.table)
      request.put(NFTA_SET_ELEM_LIST_SET, string: set.name)
    }
  }

  /// Runs a body that reads several lists, and repeats it if the rule set changed between them.
  ///
  /// - Returns: the body's result and the generation of the rule set that it belongs to.
  /// - Throws: the body's error, and ``NetlinkFailure/unstable(attempts:)``.
  package mutating func consistently<Result>(
    _ body: (inout Self) throws(NetlinkError) -> Result
  ) throws(NetlinkError) -> (result: Result, generation: Generation) {
    for _ in 0..<dumpAttempts {
      let before = try generation()
      do throws(NetlinkError) {
        let result = try body(&self)
        if try generation() == before { return (result, before) }
      } catch {
        // An object of one list may be gone before the next list is read.
        guard error.failure.errno == .noSuchFileOrDirectory, try generation() != before else { throw error }
      }
    }
    throw NetlinkError("read the rule set", "", .unstable(attempts: dumpAttempts))
  }

  mutating func list<Object: Dumped>(
    _ what: String, _ type: nf_tables_msg_types, _ family: TableFamily,
    filter: (inout MessageBuilder) -> Void = { _ in }
  ) throws(NetlinkError) -> [Object] {
    try NetlinkError.naming("list \(what)") { () throws(NetlinkFailure) in
      try transport.dump(Object.self) { sequence in
        var request = Self.request(type, family, sequence, .dump)
        filter(&request)
        return request
      }
    }
  }

  private static func request(
    _ type: nf_tables_msg_types, _ family: TableFamily, _ sequence: UInt32,
    _ flags: NetlinkFlags = NetlinkFlags()
  ) -> MessageBuilder {
    let number = UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(truncatingIfNeeded: type.rawValue)
    var request = MessageBuilder(type: number, flags: flags, sequence: sequence)
    request.put(header: nfgenmsg(nfgen_family: family.rawValue, version: UInt8(NFNETLINK_V0), res_id: 0))
    return request
  }
}

/// A connection to nf_tables over a netlink socket.
package typealias KernelConnection = NFTablesConnection<NetlinkSocket>

extension NFTablesConnection where Transport == NetlinkSocket {
  /// Opens a connection in the thread's network namespace.
  package static func open() throws(NetlinkError) -> Self {
    let socket = try NetlinkError.naming("talk to nf_tables") { () throws(NetlinkFailure) in
      try NetlinkSocket.open(.netfilter)
    }
    return Self(over: socket)
  }
}

/// The generation of a namespace's rule set, a new one after every commit (NFTA_GEN_ID).
public struct Generation: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
}

extension Generation {
  init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (_, attributes) = try message.body(nfgenmsg.self)
    guard let number = attributes[NFTA_GEN_ID]?.big32 else {
      throw .malformed("a generation without a number")
    }
    self.init(rawValue: number)
  }
}
