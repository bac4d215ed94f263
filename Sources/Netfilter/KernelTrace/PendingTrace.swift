import Intercept
import NFTables

/// The trace of a packet while its events arrive.
struct PendingTrace {
  /// The events of a base chain in their order.
  struct Traversal {
    let chain: ChainKey
    let hook: Hook
    let packet: KernelPacket
    var events: [KernelTraceEvent] = []
  }

  private(set) var traversals: [Traversal] = []
  private(set) var lastEvent = ContinuousClock.now
  /// The packet id of its current events.
  var packetID: UInt32

  init(_ packetID: UInt32) {
    self.packetID = packetID
  }

  /// The connection of the packet: the packet without interfaces and mark.
  var connection: KernelPacket? {
    traversals.first.map { traversal in
      var packet = traversal.packet
      (packet.inInterface, packet.outInterface, packet.mark) = (nil, nil, 0)
      return packet
    }
  }

  mutating func begin(_ traversal: Traversal) {
    traversals.append(traversal)
  }

  mutating func add(_ event: KernelTraceEvent) {
    guard !traversals.isEmpty else { return }
    traversals[traversals.count - 1].events.append(event)
    lastEvent = .now
  }

  /// True if the packet has left via lo, where it returns with another packet id.
  func isOnLoopback(like packet: KernelPacket) -> Bool {
    guard let last = traversals.last, last.hook == .postrouting, last.packet.outInterface == .loopback else {
      return false
    }
    return last.packet.source == packet.source && last.packet.destination == packet.destination
  }

  /// True if the trace is complete: the packet is dropped, has left, or has reached the end of INPUT.
  ///
  /// - Parameter nftraceTable: the name of the table whose chains are the last.
  func isOver(_ nftraceTable: String) -> Bool {
    guard let last = traversals.last, let event = last.events.last else { return false }
    switch event.kind {
    case .rule(_, .drop), .policy(.drop): return true
    case .rule, .chainEnd, .policy(.accept): break
    }
    guard last.chain.table == nftraceTable else { return false }
    switch last.hook {
    case .input: return true
    case .postrouting: return last.packet.outInterface != .loopback
    case .prerouting, .output, .forward: return false
    }
  }
}

extension KernelPacketTrace {
  /// Combines the events of a packet with the rules that they refer to.
  init(_ trace: PendingTrace, _ snapshot: RulesetSnapshot, comments: [Handle: String], nftraceTable: String) {
    let traversals = trace.traversals.map { ChainTraversal($0, snapshot, comments, nftraceTable) }
    self.init(traversals, isComplete: trace.isOver(nftraceTable), rules: snapshot.rules)
  }
}

extension ChainTraversal {
  fileprivate init(
    _ traversal: PendingTrace.Traversal, _ snapshot: RulesetSnapshot, _ comments: [Handle: String],
    _ nftraceTable: String
  ) {
    self.init(at: traversal.hook, Table(traversal.chain, snapshot, nftraceTable), traversal.packet)
    for event in traversal.events {
      switch event.kind {
      case .rule(let handle, let effect):
        let rules = snapshot.rules(for: handle, in: event.chain)
        var match = MatchedRule(
          snapshot.name(of: event.chain), rules?.lowerBound, count: rules?.count ?? 1,
          handle: handle.rawValue,
          comment: comments[handle],
          snapshot.table(of: event.chain) == nil ? effect : snapshot.inModel(effect))
        match.text = snapshot.text(of: handle, in: event.chain)
        matches.append(match)
      case .chainEnd: break
      case .policy(let policy): self.policy = policy
      }
    }
  }
}

extension ChainTraversal.Table {
  fileprivate init(_ chain: ChainKey, _ snapshot: RulesetSnapshot, _ nftraceTable: String) {
    if chain.table == nftraceTable {
      self = .nftrace
    } else if let name = snapshot.table(of: chain) {
      self = .iptables(name)
    } else {
      self = .other("\(chain.family) \(chain.table)")
    }
  }
}
