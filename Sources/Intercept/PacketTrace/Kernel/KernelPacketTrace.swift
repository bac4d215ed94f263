public import NetworkValues
public import RuleModel

/// The kernel's trace of one packet, and the rules at that time.
public struct KernelPacketTrace: Hashable, Sendable {
  /// The chain traversals in order; never empty.
  public var traversals: [ChainTraversal]
  /// True if the end of the packet is known. Otherwise the trace stops early, for example because routing
  /// dropped the packet.
  public var isComplete: Bool
  /// The rules of the packet's family at the time of the trace.
  public var rules: Ruleset

  public init(_ traversals: [ChainTraversal], isComplete: Bool, rules: Ruleset) {
    (self.traversals, self.isComplete, self.rules) = (traversals, isComplete, rules)
  }

  /// The packet at the first traversal; nil if there is none.
  public var first: KernelPacket? { traversals.first?.packet }
}

/// Traversal of one base chain by a packet. The kernel reports only matching rules.
public struct ChainTraversal: Hashable, Sendable {
  /// Table of the chain.
  public enum Table: Hashable, Sendable {
    /// An iptables-nft table, or the equivalent table in nftables form.
    case iptables(TableName)
    /// Another nf_tables table, by family and name: `inet firewall`.
    case other(String)
    /// The table that sets `meta nftrace`.
    case nftrace
  }

  public let hook: Hook
  public let table: Table
  /// The packet at the start of the chain.
  public let packet: KernelPacket
  /// The matching rules in order.
  public var matches: [MatchedRule]
  /// The policy, if the end of the chain was reached; nil if a rule ended it.
  public var policy: Policy?

  public init(
    at hook: Hook, _ table: Table, _ packet: KernelPacket, matches: [MatchedRule] = [], policy: Policy? = nil
  ) {
    (self.hook, self.table, self.packet) = (hook, table, packet)
    (self.matches, self.policy) = (matches, policy)
  }

  /// True if the packet was dropped.
  public var drops: Bool { policy == .drop || matches.last?.verdict == .drop }
}

/// A rule that matched a packet.
public struct MatchedRule: Hashable, Sendable {
  /// The rule as `nft` prints it, if it is of a table outside iptables and still there.
  public var text: String?
  public let chain: String
  /// Index in the chain, from 1; nil for a deleted rule and for those of other tables.
  public let index: Int?
  /// Number of consecutive iptables rules that the rule replaces: one native rule may replace several.
  public let count: Int
  public let handle: UInt64
  /// Comment of a rule of another table.
  public let comment: String?
  public let verdict: KernelVerdict

  public init(
    _ chain: String, _ index: Int?, count: Int = 1, handle: UInt64, comment: String? = nil,
    _ verdict: KernelVerdict
  ) {
    (self.chain, self.index, self.count, self.handle) = (chain, index, count, handle)
    (self.comment, self.verdict) = (comment, verdict)
  }
}

/// Verdict of a rule in the kernel.
public enum KernelVerdict: Hashable, Sendable {
  case accept
  case drop
  case `return`
  case `continue`
  case jump(String)
  case goto(String)
  /// Another verdict that ends the traversal, such as queueing to userspace.
  case other(String)
}

/// A packet in a kernel trace.
public struct KernelPacket: Hashable, Sendable {
  public var proto: IPProtocol
  public var source: Endpoint
  public var destination: Endpoint
  public var inInterface: InterfaceName?
  public var outInterface: InterfaceName?
  public var mark: Mark

  public init(
    _ proto: IPProtocol, from source: Endpoint, to destination: Endpoint,
    in inInterface: InterfaceName? = nil,
    out outInterface: InterfaceName? = nil, mark: Mark = 0
  ) {
    (self.proto, self.source, self.destination) = (proto, source, destination)
    (self.inInterface, self.outInterface, self.mark) = (inInterface, outInterface, mark)
  }
}

extension KernelPacket {
  /// The flow that this packet begins, for a simulated trace.
  ///
  /// - Parameter requested: the traced flow, which supplies the socket owner.
  public func flow(like requested: Flow) -> Flow {
    var flow = requested
    flow.proto = proto
    (flow.source, flow.sourcePort, flow.destination) = (source.address, source.port, destination)
    flow.interface = outInterface ?? inInterface
    flow.mark = mark
    return flow
  }

  /// The packet in the form of a simulated trace.
  func packet(of requested: Flow) -> Packet {
    var packet = Packet(flow(like: requested), by: outInterface ?? inInterface ?? .loopback, isToSelf: false)
    (packet.inInterface, packet.outInterface) = (inInterface, outInterface)
    // An inbound packet has no socket yet.
    packet.owner = inInterface == nil ? requested.owner : nil
    return packet
  }
}
