import NetworkValues
import RuleModel

extension Trace {
  /// Converts the kernel's trace of a packet into the form of a simulated one.
  ///
  /// - Parameters:
  ///     - packetTrace: the traversals of the packet, with matching rules.
  ///     - requested: the traced flow, by its first packet.
  ///     - simulated: a simulated trace of the same flow and rules, for the reasons of mismatches.
  public init(_ packetTrace: KernelPacketTrace, of requested: Flow, simulated: Trace? = nil) {
    var builder = KernelTraceBuilder(packetTrace, as: requested, SimulatedReasons(simulated))
    builder.build()
    let last = packetTrace.traversals.last?.packet.packet(of: requested)
    self.init(
      flow: requested, interface: requested.interface ?? .loopback, verdict: builder.verdict,
      decision: builder.decision, doubt: nil, events: builder.events,
      packet: last ?? Packet(requested, by: .loopback, isToSelf: false), notFollowed: [])
  }

  /// The matching rules of iptables-nft in order, for comparing simulation and kernel, which traces no other backend.
  public var matchedPlaces: [RulePlace] {
    steps.filter(\.isMatch).map(\.place).filter { $0.table.iptablesName != nil }
  }
}

/// Converts a kernel trace into `Trace` events.
struct KernelTraceBuilder {
  let packetTrace: KernelPacketTrace
  let requested: Flow
  let reasons: SimulatedReasons
  private(set) var events: [TraceEvent] = []
  var verdict = Verdict.accept
  var decision: Decision?
  private var hook: Hook?
  /// True if the outcome of nat at this hook is recorded: its rules, or that it was skipped.
  private var isNATRecorded = false
  private(set) var hasDestination = false
  private var outInterface: InterfaceName?

  init(_ packetTrace: KernelPacketTrace, as requested: Flow, _ reasons: SimulatedReasons) {
    (self.packetTrace, self.requested, self.reasons) = (packetTrace, requested, reasons)
  }

  mutating func build() {
    for (number, traversal) in packetTrace.traversals.enumerated() {
      if hook != traversal.hook { enter(traversal) }
      switch traversal.table {
      case .nftrace: break
      case .other(let table): append(traversal, of: table)
      case .iptables(let table): append(traversal, table, at: number)
      }
    }
    if packetTrace.isComplete, verdict != .drop { appendSkippedNAT() }
    detectForeignNAT()
  }

  private mutating func enter(_ traversal: ChainTraversal) {
    if hook != nil { appendSkippedNAT() }
    if hook == .output, let old = outInterface, let new = traversal.packet.outInterface, old != new {
      events.append(.rerouted(to: new))
    }
    if hook == .output || hook == .prerouting { hasDestination = true }
    hook = traversal.hook
    outInterface = traversal.packet.outInterface
    isNATRecorded = false
    events.append(.hook(traversal.hook, traversal.packet.packet(of: requested)))
  }

  /// Records `natSkipped` if nat has a chain at this hook but was not traversed.
  private mutating func appendSkippedNAT() {
    guard let hook, !isNATRecorded, packetTrace.rules[.nat, ChainName(hook)] != nil else { return }
    isNATRecorded = true
    let wasTraversed = events.contains { if case .table(.iptables(.nat), _) = $0 { true } else { false } }
    events.append(.natSkipped(wasTraversed ? .decidedBefore : isTranslated ? translatedBefore : .notTracked))
  }

  /// True if a chain that the kernel does not trace, one of iptables-legacy say, has translated the connection.
  private var isTranslated: Bool {
    packetTrace.traversals.last.map { $0.packet.destination != requested.destination } == true
  }

  /// The reason for which the first chain of nat that is skipped is, or a later one.
  private var translatedBefore: TraceEvent.NATSkipReason {
    events.contains { if case .natSkipped = $0 { true } else { false } } ? .decidedBefore : .translatedBefore
  }
}

extension KernelTraceBuilder {
  private mutating func append(_ traversal: ChainTraversal, of table: String) {
    for match in traversal.matches {
      events.append(
        .foreign(
          ForeignStep(
            table: table, chain: match.chain, handle: match.handle, rule: match.text,
            comment: match.comment, verdict: match.verdict)))
    }
    if traversal.policy == .drop {
      events.append(
        .foreign(
          ForeignStep(
            table: table, chain: traversal.hook.rawValue.lowercased(), handle: nil, rule: nil,
            comment: nil, verdict: .drop)))
    }
    if traversal.drops { (verdict, decision) = (.drop, nil) }
  }

  private mutating func append(_ traversal: ChainTraversal, _ name: TableName, at number: Int) {
    // filter follows nat in OUTPUT, and precedes it in INPUT.
    if name > .nat, traversal.hook == .output { appendSkippedNAT() }
    if name == .nat { isNATRecorded = true }
    events.append(.table(.iptables(name), traversal.hook))
    guard let table = packetTrace.rules[name], let chain = table[ChainName(traversal.hook)] else { return }
    var path = ChainPath(table, from: chain)
    for match in traversal.matches {
      guard let first = match.index, let chain = table.chains.first(where: { $0.name.text == match.chain }),
        match.count > 0, chain.rules.indices.contains(first - 1)
      else { continue }
      let rules = first..<min(first + match.count, chain.rules.count + 1)
      let index = reasons.matched(rules, of: chain.name, in: name, at: traversal.hook)
      path.advance(to: index, of: chain, match.verdict)
      applyVerdict(
        Decision(
          place: RulePlace(table: name, chain: chain.name, index: index),
          rule: .iptables(chain.rules[index - 1])),
        chain.rules[index - 1].target, match, traversal, number)
    }
    if traversal.policy != nil { path.finish() }
    let packet = traversal.packet.packet(of: requested)
    events += path.steps.map { .rule(step($0, name, traversal.hook, packet)) }
    if let policy = traversal.policy {
      events.append(.policy(policy, .iptables(name), chain: traversal.hook.rawValue))
    }
    if traversal.policy == .drop { (verdict, decision) = (.drop, nil) }
  }

  private func step(_ step: ChainPath.Step, _ table: TableName, _ hook: Hook, _ packet: Packet) -> TraceStep {
    let place = RulePlace(table: table, chain: step.chain.name, index: step.index)
    let rule = step.chain.rules[step.index - 1]
    guard let verdict = step.verdict else { return reasons.passed(place, rule, at: hook, packet) }
    let result: TraceStep.Result = rule.target.lacksListener(verdict) ? .noListener : .matched
    return TraceStep(place: place, rule: .iptables(rule), result: result, packet: packet)
  }
}

extension KernelTraceBuilder {
  /// Updates verdict and decision for a matching rule, as the simulation does.
  mutating func applyVerdict(
    _ rule: Decision, _ target: Target, _ match: MatchedRule, _ traversal: ChainTraversal, _ number: Int
  ) {
    switch target {
    case .redirect(let target):
      decision = rule
      // A REDIRECT after TPROXY does not change the listener.
      if case .tproxy = verdict { return }
      verdict = .redirect(to: destination(after: number, target, traversal))
    case .tproxy where target.lacksListener(match.verdict): (verdict, decision) = (.drop, rule)
    case .tproxy(let target):
      let port = target.port == 0 ? traversal.packet.destination.port : target.port
      (verdict, decision) = (.tproxy(port: port), rule)
    case .drop: (verdict, decision) = (.drop, rule)
    case .accept, .return: recordDecision(rule, traversal)
    case .jump, .goto, .none, .mark, .connmark, .ct, .opaque:
      switch match.verdict {
      case .drop: (verdict, decision) = (target.isReject ? .reject : .drop, rule)
      case .accept, .return: recordDecision(rule, traversal)
      case .continue, .jump, .goto, .other: break
      }
    }
  }

  /// Records the rule that exempted a packet from a possible capture.
  private mutating func recordDecision(_ rule: Decision, _ traversal: ChainTraversal) {
    guard verdict == .accept else { return }
    switch rule.place.table.iptablesName {
    case .nat where !hasDestination: decision = rule
    case .mangle where requested.direction != .outbound && traversal.packet.outInterface == nil:
      decision = rule
    case .raw, .mangle, .nat, .filter, .security, nil: break
    }
  }

  /// Destination after nat: as seen at the next hook, else according to the rule.
  private func destination(after number: Int, _ target: RedirectTarget, _ traversal: ChainTraversal)
    -> Endpoint
  {
    if let next = packetTrace.traversals[number...].first(where: { $0.hook != traversal.hook }) {
      return next.packet.destination
    }
    let destination = traversal.packet.destination
    let address =
      traversal.hook == .output ? IPAddress.localhost(destination.address.family) : destination.address
    return Endpoint(address, target.ports?.lowerBound ?? destination.port)
  }

  /// Detects NAT by rules that are not modelled, from the packet alone.
  mutating func detectForeignNAT() {
    guard verdict == .accept, let last = packetTrace.traversals.last,
      last.packet.destination != requested.destination
    else {
      return
    }
    verdict = last.packet.inInterface == nil ? .unknown : .redirect(to: last.packet.destination)
  }
}

extension Target {
  /// True for REJECT, which drops a packet with an answer.
  fileprivate var isReject: Bool {
    if case .opaque(let target) = self { target.text.hasPrefix("REJECT") } else { false }
  }

  /// True if the target is TPROXY and the kernel dropped the packet because no socket listens there.
  func lacksListener(_ verdict: KernelVerdict) -> Bool {
    if case .tproxy = self { verdict == .drop } else { false }
  }
}
