import Intercept

/// Groups trace events by packet.
struct TraceCollector {
  private let proto: IPProtocol
  private let nftraceTable: String
  private var pending: [PendingTrace] = []
  /// Connections already traced; later packets are retransmissions.
  private var known: Set<KernelPacket> = []

  /// The time without events after which a packet counts as lost.
  private static let timeout = Duration.seconds(1)

  /// - Parameter nftraceTable: the name of the table that sets `nftrace`.
  init(_ proto: IPProtocol, nftraceTable: String) {
    (self.proto, self.nftraceTable) = (proto, nftraceTable)
  }

  /// True if traces are pending.
  var isBusy: Bool { !pending.isEmpty }

  /// Adds an event.
  ///
  /// - Returns: the trace that it completes.
  mutating func add(_ event: KernelTraceEvent, _ snapshot: RulesetSnapshot) -> PendingTrace? {
    let traversal = traversal(event, snapshot)
    guard let index = trace(of: event, traversal) else { return nil }
    if let traversal { pending[index].begin(traversal) }
    pending[index].add(event)
    return pending[index].isOver(nftraceTable) ? pending.remove(at: index) : nil
  }

  /// Removes and returns the traces without recent events.
  mutating func lost(at now: ContinuousClock.Instant = .now) -> [PendingTrace] {
    let lost = pending.filter { now - $0.lastEvent > Self.timeout }
    pending.removeAll { now - $0.lastEvent > Self.timeout }
    return lost
  }

  /// The chain traversal that begins with an event.
  private func traversal(_ event: KernelTraceEvent, _ snapshot: RulesetSnapshot) -> PendingTrace.Traversal? {
    guard let packet = KernelPacket(event, proto, snapshot.interfaces), let hook = snapshot.hooks[event.chain]
    else {
      return nil
    }
    return PendingTrace.Traversal(chain: event.chain, hook: hook, packet: packet)
  }

  /// The index of the event's trace, a new one if the nftrace rule has just marked the packet.
  private mutating func trace(of event: KernelTraceEvent, _ traversal: PendingTrace.Traversal?) -> Int? {
    if event.chain.table == nftraceTable, case .rule = event.kind { return begin(event, traversal) }
    if let index = pending.firstIndex(where: { $0.packetID == event.packetID }) { return index }
    guard let traversal, traversal.packet.inInterface == .loopback,
      let index = pending.firstIndex(where: { $0.isOnLoopback(like: traversal.packet) })
    else { return nil }
    pending[index].packetID = event.packetID
    return index
  }

  private mutating func begin(_ event: KernelTraceEvent, _ traversal: PendingTrace.Traversal?) -> Int? {
    // The kernel reuses packet ids.
    pending.removeAll { $0.packetID == event.packetID }
    guard let traversal else { return nil }
    var trace = PendingTrace(event.packetID)
    trace.begin(traversal)
    guard let connection = trace.connection, known.insert(connection).inserted else { return nil }
    pending.append(PendingTrace(event.packetID))
    return pending.count - 1
  }
}
