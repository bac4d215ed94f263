import Intercept

/// A packet's story while it is being told.
struct PendingTrace {
  /// A base chain's events, as they came.
  struct Visit {
    let chain: ChainKey
    let hook: Intercept.Hook
    let packet: KernelPacket
    var events: [KernelTraceEvent] = []
  }

  private(set) var visits: [Visit] = []
  private(set) var lastEvent = ContinuousClock.now
  /// The number that its events have at the moment.
  var packetID: UInt32

  init(_ packetID: UInt32) {
    self.packetID = packetID
  }

  /// The connection whose first packet it is.
  var connection: KernelPacket? {
    visits.first.map { visit in
      var packet = visit.packet
      (packet.inInterface, packet.outInterface, packet.mark) = (nil, nil, 0)
      return packet
    }
  }

  mutating func begin(_ visit: Visit) {
    visits.append(visit)
  }

  mutating func add(_ event: KernelTraceEvent) {
    guard !visits.isEmpty else { return }
    visits[visits.count - 1].events.append(event)
    lastEvent = .now
  }

  /// Whether the packet has left by lo, and must come back by it under another number.
  func isOnLoopback(like packet: KernelPacket) -> Bool {
    guard let last = visits.last, last.hook == .postrouting, last.packet.outInterface == .loopback else {
      return false
    }
    return last.packet.source == packet.source && last.packet.destination == packet.destination
  }

  /// Whether nothing more can come: the packet is gone, has left, or has reached the end of INPUT.
  ///
  /// - Parameter watcher: the table whose chains are the last.
  func isOver(_ watcher: String) -> Bool {
    guard let last = visits.last, let event = last.events.last else { return false }
    switch event.kind {
    case .rule(_, .drop), .policy(.drop): return true
    case .rule, .chainEnd, .policy(.accept): break
    }
    guard last.chain.table == watcher else { return false }
    switch last.hook {
    case .input: return true
    case .postrouting: return last.packet.outInterface != .loopback
    case .prerouting, .output, .forward: return false
    }
  }
}

extension KernelPacketTrace {
  /// Joins what the kernel told with the rules it went by.
  init(_ draft: PendingTrace, _ book: RulesetSnapshot, comments: [Handle: String], watcher: String) {
    let visits = draft.visits.map { ChainTraversal($0, book, comments, watcher) }
    self.init(visits, isWhole: draft.isOver(watcher), rules: book.rules)
  }
}

extension ChainTraversal {
  fileprivate init(
    _ visit: PendingTrace.Visit, _ book: RulesetSnapshot, _ comments: [Handle: String], _ watcher: String
  ) {
    self.init(at: visit.hook, Table(visit.chain, book, watcher), visit.packet)
    for event in visit.events {
      switch event.kind {
      case .rule(let handle, let effect):
        let rules = book.rules(for: handle, in: event.chain)
        matches.append(
          MatchedRule(
            book.name(of: event.chain), rules?.lowerBound, count: rules?.count ?? 1, handle: handle.rawValue,
            comment: comments[handle], book.table(of: event.chain) == nil ? effect : book.inModel(effect)))
      case .chainEnd: break
      case .policy(let policy): self.policy = policy
      }
    }
  }
}

extension ChainTraversal.Table {
  fileprivate init(_ chain: ChainKey, _ book: RulesetSnapshot, _ watcher: String) {
    if chain.table == watcher {
      self = .watcher
    } else if let name = book.table(of: chain) {
      self = .iptables(name)
    } else {
      self = .other("\(chain.family) \(chain.table)")
    }
  }
}
