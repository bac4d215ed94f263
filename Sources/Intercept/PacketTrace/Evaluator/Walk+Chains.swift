import NetworkValues
import RuleModel

/// End of a chain.
enum ChainEnd {
  /// After the last rule, or by RETURN: continues in the calling chain, or with the policy.
  case atEnd
  /// Accepted: the rest of the table is skipped.
  case accepted
}

extension Walk {
  /// Maximum depth of jumps (`NFT_JUMP_STACK_SIZE`). The kernel rejects deeper rules.
  var maxDepth: Int { 16 }

  /// Maximum number of rules that an evaluation tries: a few chains that call each other many times would
  /// otherwise take unlimited time.
  var maxRules: Int { 1 << 20 }

  /// Evaluates a base chain.
  mutating func run(_ chain: Int) throws(Stop) -> ChainEnd { try run(chain, depth: 0) }

  private mutating func run(_ first: Int, depth: Int) throws(Stop) -> ChainEnd {
    guard depth <= maxDepth else { throw .unknown }
    var chain = first
    while true {
      guard let next = try runRules(of: chain, depth: depth) else { return .atEnd }
      switch next {
      case .goto(let other): chain = other
      case .end(let end): return end
      }
    }
  }

  private enum Turn {
    case end(ChainEnd)
    case goto(Int)
  }

  /// Evaluates the rules of a chain; nil if none of them ended it.
  private mutating func runRules(of chain: Int, depth: Int) throws(Stop) -> Turn? {
    let rules = compiled.chains[chain].rules
    triedRules += rules.count
    guard triedRules <= maxRules else { throw .unknown }
    for rule in rules where matches(rule) {
      switch compiled.rules[rule].action {
      case .jump(let other):
        if try run(other, depth: depth + 1) == .accepted { return .end(.accepted) }
      case .goto(let other): return .goto(other)
      case .return:
        recordDecision(rule, in: chain)
        return .end(.atEnd)
      case .accept:
        recordDecision(rule, in: chain)
        return .end(.accepted)
      case .drop:
        decidingRule = rule
        throw .dropped
      case .reject:
        decidingRule = rule
        throw .rejected
      case .broken, .unknown:
        decidingRule = rule
        throw .unknown
      case .redirect(let ports):
        redirect(to: ports, by: rule)
        return .end(.accepted)
      case .translate(let translation):
        try translate(translation, by: rule)
        return .end(.accepted)
      case .tproxy(let target):
        divert(target, by: rule)
        return .end(.accepted)
      case .mark(let mark): packet.mark = mark.changing(packet.mark)
      case .trafficClass(let change): packet.trafficClass = change.changing(packet.trafficClass)
      case .connmark(let target): apply(target)
      case .track(let isUntracked, let zone): prepare(isUntracked: isUntracked, zone, by: rule)
      case .pass: break
      }
    }
    return nil
  }

  /// Records the rule that exempted a packet from a possible capture.
  private mutating func recordDecision(_ rule: Int, in chain: Int) {
    guard destinationChange == nil, listener == nil else { return }
    switch compiled.chains[chain].table {
    case .nat where !hasDestination: decidingRule = rule
    case .mangle where flow.direction != .outbound && packet.outInterface == nil: decidingRule = rule
    case .raw, .mangle, .nat, .filter, .security: break
    }
  }
}

extension Walk {
  /// True if a packet matches every condition of a rule; an uncertain match is assumed to hold or not.
  mutating func matches(_ rule: Int) -> Bool {
    var doubt: Int?
    for test in compiled.rules[rule].tests {
      let test = compiled.tests[test]
      switch holds(test.question, compiled.sources[rule].matches[test.match]) {
      case .yes: break
      case .no:
        recorder.record(.rule(step(rule) { .failed(.iptables($0[test.match])) }))
        return false
      case .unknown: doubt = doubt ?? test.match
      }
    }
    guard let doubt else {
      recorder.record(.rule(step(rule) { _ in .matched }))
      return true
    }
    return assume(rule, doubt)
  }

  private mutating func assume(_ rule: Int, _ match: Int) -> Bool {
    recorder.record(.rule(step(rule) { .uncertain(.iptables($0[match])) }))
    return !compiled.rules[rule].action.hasNoEffect && assumptions.answer(for: rule)
  }

  private func step(_ rule: Int, _ result: ([Match]) -> TraceStep.Result) -> TraceStep {
    let source = compiled.sources[rule]
    let place = compiled.place(of: rule) ?? RulePlace(table: .raw, chain: .prerouting, index: 0)
    return TraceStep(place: place, rule: .iptables(source), result: result(source.matches), packet: packet)
  }

  /// Evaluates a match without a test that is prepared.
  func holds(_ match: Match) -> Ternary { match.tests.map { holds($0, match) }.all }

  @inline(__always)
  private func holds(_ question: Test.Question, _ match: @autoclosure () -> Match) -> Ternary {
    switch question {
    case .source(let block): block.holds(packet.source)
    case .destination(let block): Ternary(block.holds(packet.destination))
    case .inInterface(let name): Ternary(name.holds(packet.inInterface))
    case .outInterface(let name): Ternary(name.holds(packet.outInterface))
    case .proto(let number, let isNegated): Ternary((packet.proto.rawValue == number) != isNegated)
    case .sourcePort(let ports): ports.holds(packet.sourcePorts)
    case .destinationPort(let ports): Ternary(ports.holds(packet.destinationPort))
    case .user(let users): Ternary(users.holds(packet.owner?.user.rawValue))
    case .group(let groups): Ternary(groups.holds(packet.owner?.group.rawValue))
    case .mark(let mark): Ternary(mark.holds(packet.mark))
    case .connectionMark(let mark): Ternary(packet.visibleConnectionMark.map(mark.holds) ?? false)
    case .trafficClass(let test): Ternary(test.holds(packet.trafficClass))
    // A connection begins without the flags: a host offers ECN only if net.ipv4.tcp_ecn is 1.
    case .congestionFlag(let isNegated): packet.state == .new ? Ternary(isNegated) : .unknown
    case .general: match().holds(in: MatchContext(packet: packet, flow: flow, context: context))
    }
  }
}
