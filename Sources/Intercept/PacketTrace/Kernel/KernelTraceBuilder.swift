import NetworkValues
import RuleModel

/// A kernel's story while it is put into the words of a trace on paper.
struct KernelTraceBuilder {
  let story: KernelPacketTrace
  let asked: Flow
  let reasons: SimulatedReasons
  private(set) var events: [TraceEvent] = []
  var verdict = Verdict.accept
  var decision: Decision?
  private var hook: Hook?
  /// Whether nat's word on the hook is told: its rules, or why it was not asked.
  private var isNATTold = false
  private(set) var hasDestination = false
  private var way: InterfaceName?

  init(_ story: KernelPacketTrace, as asked: Flow, _ reasons: SimulatedReasons) {
    (self.story, self.asked, self.reasons) = (story, asked, reasons)
  }

  mutating func tell() {
    for (number, visit) in story.visits.enumerated() {
      if hook != visit.hook { enter(visit) }
      switch visit.table {
      case .watcher: break
      case .other(let table): tell(visit, of: table)
      case .iptables(let table): tell(visit, table, at: number)
      }
    }
    if story.isWhole, verdict != .drop { tellNATSilence() }
    judgeTheEnd()
  }

  private mutating func enter(_ visit: ChainTraversal) {
    if hook != nil { tellNATSilence() }
    if hook == .output, let old = way, let new = visit.packet.outInterface, old != new {
      events.append(.rerouted(to: new))
    }
    if hook == .output || hook == .prerouting { hasDestination = true }
    hook = visit.hook
    way = visit.packet.outInterface
    isNATTold = false
    events.append(.hook(visit.hook, visit.packet.packet(of: asked)))
  }

  /// Says at its place that nat was not asked, where it has rules at the hook.
  private mutating func tellNATSilence() {
    guard let hook, !isNATTold, story.rules[.nat, ChainName(hook)] != nil else { return }
    isNATTold = true
    let wasAsked = events.contains { if case .table(.nat, _) = $0 { true } else { false } }
    events.append(.natSkipped(wasAsked ? .decidedBefore : .notTracked))
  }
}

extension KernelTraceBuilder {
  private mutating func tell(_ visit: ChainTraversal, of table: String) {
    for match in visit.matches {
      events.append(
        .foreign(
          ForeignStep(
            table: table, chain: match.chain, handle: match.handle, comment: match.comment,
            effect: match.effect)))
    }
    if visit.policy == .drop {
      events.append(
        .foreign(
          ForeignStep(
            table: table, chain: visit.hook.rawValue.lowercased(), handle: nil, comment: nil, effect: .drop)))
    }
    if visit.drops { (verdict, decision) = (.drop, nil) }
  }

  private mutating func tell(_ visit: ChainTraversal, _ name: TableName, at number: Int) {
    // filter comes behind nat on the way out, and before it on the way in.
    if name > .nat, visit.hook == .output { tellNATSilence() }
    if name == .nat { isNATTold = true }
    events.append(.table(name, visit.hook))
    guard let table = story.rules[name], let chain = table[ChainName(visit.hook)] else { return }
    var path = ChainPath(table, from: chain)
    for match in visit.matches {
      guard let first = match.index, let chain = table.chains.first(where: { $0.name.text == match.chain }),
        match.count > 0, chain.rules.indices.contains(first - 1)
      else { continue }
      let rules = first..<min(first + match.count, chain.rules.count + 1)
      let index = reasons.matched(rules, of: chain.name, in: name, at: visit.hook)
      path.go(to: index, of: chain, match.effect)
      judge(
        Decision(
          place: RulePlace(table: name, chain: chain.name, index: index), rule: chain.rules[index - 1]),
        match, visit, number)
    }
    if visit.policy != nil { path.finish() }
    let packet = visit.packet.packet(of: asked)
    events += path.steps.map { .rule(told($0, name, visit.hook, packet)) }
    if let policy = visit.policy { events.append(.policy(policy, name, visit.hook)) }
    if visit.policy == .drop { (verdict, decision) = (.drop, nil) }
  }

  private func told(_ step: ChainPath.Step, _ table: TableName, _ hook: Hook, _ packet: Packet) -> TraceStep {
    let place = RulePlace(table: table, chain: step.chain.name, index: step.index)
    let rule = step.chain.rules[step.index - 1]
    guard let effect = step.effect else { return reasons.passed(place, rule, at: hook, packet) }
    let result: TraceStep.Result = rule.target.isUnheard(effect) ? .unheard : .matched
    return TraceStep(place: place, rule: rule, result: result, packet: packet)
  }
}
