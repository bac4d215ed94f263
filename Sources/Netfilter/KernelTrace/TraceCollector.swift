import Intercept

/// Sorts the kernel's events by packet.
struct TraceCollector {
  private let proto: IPProtocol
  private let watcher: String
  private var drafts: [PendingTrace] = []
  /// Connections of which a packet has been told: others of the same are sent again.
  private var known: Set<KernelPacket> = []

  /// How long the kernel may tell nothing of a packet before it is taken for lost.
  private static let patience = Duration.seconds(1)

  /// - Parameter watcher: the name of the table that marks packets.
  init(_ proto: IPProtocol, watcher: String) {
    (self.proto, self.watcher) = (proto, watcher)
  }

  /// Whether a packet is on its way.
  var isBusy: Bool { !drafts.isEmpty }

  /// Takes the next event.
  ///
  /// - Returns: the packet that it is the end of.
  mutating func add(_ event: KernelTraceEvent, _ book: RulesetSnapshot) -> PendingTrace? {
    let visit = visit(event, book)
    guard let index = draft(of: event, visit) else { return nil }
    if let visit { drafts[index].begin(visit) }
    drafts[index].add(event)
    return drafts[index].isOver(watcher) ? drafts.remove(at: index) : nil
  }

  /// The packets of which nothing has been heard for a while.
  mutating func lost(at now: ContinuousClock.Instant = .now) -> [PendingTrace] {
    let lost = drafts.filter { now - $0.lastEvent > Self.patience }
    drafts.removeAll { now - $0.lastEvent > Self.patience }
    return lost
  }

  /// The visit that begins with an event, if one does.
  private func visit(_ event: KernelTraceEvent, _ book: RulesetSnapshot) -> PendingTrace.Visit? {
    guard let packet = KernelPacket(event, proto, book.interfaces), let hook = book.hooks[event.chain] else {
      return nil
    }
    return PendingTrace.Visit(chain: event.chain, hook: hook, packet: packet)
  }

  /// The story that an event belongs to; a new one if the watcher has just marked the packet.
  private mutating func draft(of event: KernelTraceEvent, _ visit: PendingTrace.Visit?) -> Int? {
    if event.chain.table == watcher, case .rule = event.kind { return begin(event, visit) }
    if let index = drafts.firstIndex(where: { $0.packetID == event.packetID }) { return index }
    guard let visit, visit.packet.inInterface == .loopback,
      let index = drafts.firstIndex(where: { $0.isOnLoopback(like: visit.packet) })
    else { return nil }
    drafts[index].packetID = event.packetID
    return index
  }

  private mutating func begin(_ event: KernelTraceEvent, _ visit: PendingTrace.Visit?) -> Int? {
    // Numbers are used again.
    drafts.removeAll { $0.packetID == event.packetID }
    guard let visit else { return nil }
    var draft = PendingTrace(event.packetID)
    draft.begin(visit)
    guard let connection = draft.connection, known.insert(connection).inserted else { return nil }
    drafts.append(PendingTrace(event.packetID))
    return drafts.count - 1
  }
}
