import NetworkValues
public import RuleModel

/// Answers what becomes of connections under a rule set, without a kernel.
///
/// It follows the first packet of a connection through the hooks in the kernel's order: raw, connection tracking,
/// mangle, nat, filter; and once more where the packet comes back by lo.
public struct Tracer: Sendable {
  let program: Program
  public let surroundings: HostContext

  /// Makes a tracer for the rules of one family; flows of the other meet no rule.
  public init(_ ruleset: Ruleset, in surroundings: HostContext = HostContext()) {
    program = Program(ruleset)
    self.surroundings = surroundings
  }

  /// What becomes of a connection: the fast way, for many of them.
  public func verdict(of flow: Flow) -> Verdict {
    var walk = start(flow, Assumptions(), SilentRecorder())
    let verdict = walk.run()
    guard !walk.guesses.isEmpty, verdict != .unknown else { return verdict }
    return otherVerdict(flow, than: verdict, walk.guesses) == nil ? verdict : .unknown
  }

  /// What becomes of a connection, and everything on the way to that.
  public func trace(_ flow: Flow) -> Trace {
    var walk = start(flow, Assumptions(), StoryRecorder())
    let verdict = walk.run()
    let other = verdict == .unknown ? nil : otherVerdict(flow, than: verdict, walk.guesses)
    return Trace(
      flow: flow, interface: surroundings.interface(of: flow), verdict: other == nil ? verdict : .unknown,
      decision: (other?.rule ?? walk.decider).flatMap(decision),
      doubt: other.map { Doubt(ifMatched: $0.verdict, otherwise: verdict) },
      events: walk.recorder.events, packet: walk.packet)
  }

  private func decision(_ rule: Int) -> Decision? {
    program.place(of: rule).map { Decision(place: $0, rule: program.sources[rule]) }
  }
}

extension Tracer {
  /// Walks on until a rule that may match or not makes a difference; gives up in favour of the doubt.
  private func otherVerdict(
    _ flow: Flow, than verdict: Verdict, _ guesses: Assumptions
  ) -> (rule: Int?, verdict: Verdict)? {
    var guesses = guesses
    for _ in 0..<Assumptions.limit {
      guard guesses.advance() else { return nil }
      let turned = guesses.turned
      var walk = start(flow, guesses, SilentRecorder())
      let other = walk.run()
      if other != verdict { return (turned, other) }
      guesses = walk.guesses
    }
    return (guesses.turned, .unknown)
  }

  private func start<Listener: Recorder>(
    _ flow: Flow, _ guesses: Assumptions, _ recorder: Listener
  ) -> Walk<Listener> {
    let interface = surroundings.interface(of: flow)
    var surroundings = surroundings
    if flow.direction == .outbound, interface == .loopback, !surroundings.isOwn(flow.destination.address),
      !surroundings.leadsToLoopback(flow.mark)
    {
      // Only what is its own does a host send by lo.
      surroundings.ownAddresses.append(flow.destination.address)
    }
    return Walk(program, flow, by: interface, in: surroundings, guesses: guesses, recorder: recorder)
  }
}
