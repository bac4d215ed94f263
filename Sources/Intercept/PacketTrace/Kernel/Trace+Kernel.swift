import NetworkValues

extension Trace {
  /// What the kernel told of a packet, in the form of a trace on paper.
  ///
  /// - Parameters:
  ///   - story: the packet's way, hook by hook, with the rules that matched.
  ///   - asked: the connection that was waited for, by its first packet.
  ///   - paper: a trace of the same connection under the same rules, for the reasons why rules did not match.
  public init(_ story: KernelPacketTrace, of asked: Flow, paper: Trace? = nil) {
    var telling = KernelTraceBuilder(story, as: asked, SimulatedReasons(paper))
    telling.tell()
    let last = story.visits.last?.packet.packet(of: asked)
    self.init(
      flow: asked, interface: asked.interface ?? .loopback, verdict: telling.verdict,
      decision: telling.decision, doubt: nil, events: telling.events,
      packet: last ?? Packet(asked, by: .loopback, isToSelf: false))
  }

  /// The rules that matched, in order: what a trace on paper and the kernel's must have in common.
  public var matchedPlaces: [RulePlace] { steps.filter(\.isMatch).map(\.place) }
}
