public import NetworkValues
public import NftablesRuleset
public import RuleModel

/// Simulates the path of connections through a rule set, without a kernel.
///
/// It evaluates the hooks for the first packet of a connection in the kernel's order: raw, connection
/// tracking, mangle, nat, filter; and again if the packet comes back through lo.
public struct Tracer: Sendable {
  let compiled: CompiledRuleset
  /// The same rules with chains of iptables-legacy before those of nf_tables with equal priority; nil unless there
  /// are both. The kernel calls the one first that was registered last, and does not show the order.
  private let otherOrder: CompiledRuleset?
  public let context: HostContext

  /// Creates a tracer for the rules of one family. Flows of the other family match no rule.
  ///
  /// - Parameters:
  ///   - ruleset: the rules of the tables of iptables, or of Istio's own tables as rules of iptables.
  ///   - origin: the tables that the rules are from.
  ///   - nftables: all tables of nf_tables; those that are in `ruleset` as well serve for the order of chains only.
  ///   - legacy: the rules of iptables-legacy, which packets traverse besides those of nf_tables; nil without any.
  ///   - context: addresses and policy routes of the namespace.
  public init(
    _ ruleset: Ruleset, of origin: RuleOrigin = .iptablesNFT, beside nftables: NftRuleset = NftRuleset(),
    legacy: Ruleset? = nil,
    in context: HostContext = HostContext()
  ) {
    compiled = CompiledRuleset(ruleset, of: origin, beside: nftables, legacy: legacy)
    let hasLegacy = legacy?.isEmpty == false || origin == .legacy && !ruleset.isEmpty
    let isAlone = !hasLegacy || nftables.isEmpty && (origin == .legacy || ruleset.isEmpty)
    otherOrder =
      isAlone
      ? nil : CompiledRuleset(ruleset, of: origin, beside: nftables, legacy: legacy, isLegacyFirst: true)
    self.context = context
  }

  private init(_ compiled: CompiledRuleset, otherOrder: CompiledRuleset? = nil, in context: HostContext) {
    (self.compiled, self.otherOrder, self.context) = (compiled, otherOrder, context)
  }

  /// The tracer with the kernel's answers to lookups of routes.
  public func routed(_ routes: [IPAddress: RouteAnswer]) -> Tracer {
    var context = context
    context.routes.merge(routes) { _, new in new }
    return Tracer(compiled, otherOrder: otherOrder, in: context)
  }

  /// The verdict on a connection. Faster than `trace`, for many flows.
  public func verdict(of flow: Flow) -> Verdict {
    let verdict = verdictInOrder(flow)
    guard verdict != .unknown, let other = otherOrder.map({ Tracer($0, in: context).verdictInOrder(flow) })
    else {
      return verdict
    }
    return other == verdict ? verdict : .unknown
  }

  private func verdictInOrder(_ flow: Flow) -> Verdict {
    var walk = start(flow, Assumptions(), NullRecorder())
    let verdict = walk.run()
    guard !walk.assumptions.isEmpty, verdict != .unknown else { return verdict }
    return otherVerdict(flow, than: verdict, walk.assumptions) == nil ? verdict : .unknown
  }

  /// The verdict on a connection, with all events on its path.
  public func trace(_ flow: Flow) -> Trace {
    var walk = start(flow, Assumptions(), EventRecorder())
    let verdict = walk.run()
    let other = verdict == .unknown ? nil : otherVerdict(flow, than: verdict, walk.assumptions)
    let reordered = other == nil && verdict != .unknown ? otherOrder(flow, than: verdict) : nil
    var notFollowed = compiled.notFollowed
    if reordered != nil {
      notFollowed.append("the order of chains of iptables-legacy and nf_tables with equal priority")
    }
    if case .redirect = verdict, let name = walk.unknownAddress {
      notFollowed.append("the address of \(name), to which REDIRECT sends: the destination's is assumed")
    }
    let destinations = flow.direction == .outbound ? [flow.destination.address, walk.packet.destination] : []
    return Trace(
      flow: flow, interface: context.interface(of: flow),
      verdict: other == nil && reordered == nil ? verdict : .unknown,
      decision: (other?.rule ?? walk.decidingRule).flatMap(decision),
      doubt: other.map { Doubt(ifMatched: $0.verdict, otherwise: verdict) }
        ?? reordered.map { Doubt(ifMatched: verdict, otherwise: $0.verdict, cause: .order($0.decision)) },
      events: walk.recorder.events, packet: walk.packet, notFollowed: notFollowed,
      missingRoute: destinations.lazy.compactMap(context.missingRoute).first)
  }

  /// The verdict in the other order of chains with equal priority, and the rule that decides there; nil if the verdict
  /// is the same.
  private func otherOrder(_ flow: Flow, than verdict: Verdict) -> (verdict: Verdict, decision: Decision?)? {
    guard let tracer = otherOrder.map({ Tracer($0, in: context) }) else { return nil }
    let other = tracer.verdictInOrder(flow)
    return other == verdict ? nil : (other, tracer.trace(flow).decision)
  }

  private func decision(_ rule: Int) -> Decision? {
    compiled.place(of: rule).map { Decision(place: $0, rule: compiled.source(of: rule)) }
  }
}

extension Tracer {
  /// The verdict on an outbound connection, with the routes of its destination and of the one that NAT assigns.
  ///
  /// - Parameters:
  ///   - flow: the connection.
  ///   - answer: the kernel's answer to a lookup of the route to a destination.
  public func trace<Failure: Error>(
    _ flow: Flow, route answer: (IPAddress) throws(Failure) -> RouteAnswer
  ) throws(Failure) -> Trace {
    let destination = flow.destination.address
    let sent = routed([destination: try answer(destination)])
    let trace = sent.trace(flow)
    let translated = trace.packet.destination
    return translated == destination ? trace : sent.routed([translated: try answer(translated)]).trace(flow)
  }

  /// Tries other assumptions about uncertain rules until the verdict changes; `.unknown` after too many
  /// attempts.
  private func otherVerdict(
    _ flow: Flow, than verdict: Verdict, _ assumptions: Assumptions
  ) -> (rule: Int?, verdict: Verdict)? {
    var assumptions = assumptions
    for _ in 0..<Assumptions.limit {
      guard assumptions.advance() else { return nil }
      let lastTurned = assumptions.lastTurned
      var walk = start(flow, assumptions, NullRecorder())
      let other = walk.run()
      if other != verdict { return (lastTurned, other) }
      assumptions = walk.assumptions
    }
    return (assumptions.lastTurned, .unknown)
  }

  private func start<EventSink: Recorder>(
    _ flow: Flow, _ assumptions: Assumptions, _ recorder: EventSink
  ) -> Walk<EventSink> {
    let interface = context.interface(of: flow)
    var context = context
    if flow.direction == .outbound, interface == .loopback, !context.isOwn(flow.destination.address),
      !context.leadsToLoopback(flow.mark)
    {
      // A host sends only packets to its own addresses through lo.
      context.ownAddresses.append(flow.destination.address)
    }
    return Walk(compiled, flow, by: interface, in: context, assumptions: assumptions, recorder: recorder)
  }
}
