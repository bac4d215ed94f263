import NetworkValues
import RuleModel

extension Walk {
  /// Whether a packet matches everything a rule asks; where nobody can tell, whether that is assumed.
  mutating func matches(_ rule: Int) -> Bool {
    var doubt: Int?
    for test in program.rules[rule].tests {
      switch holds(program.tests[test], of: rule) {
      case .yes: break
      case .no:
        recorder.record(.rule(step(rule) { .failed($0[program.tests[test].match]) }))
        return false
      case .unknown: doubt = doubt ?? program.tests[test].match
      }
    }
    guard let doubt else {
      recorder.record(.rule(step(rule) { _ in .matched }))
      return true
    }
    return guess(rule, doubt)
  }

  private mutating func guess(_ rule: Int, _ match: Int) -> Bool {
    recorder.record(.rule(step(rule) { .uncertain($0[match]) }))
    return !program.rules[rule].action.isWithoutEffect && guesses.answer(for: rule)
  }

  private func step(_ rule: Int, _ result: ([Match]) -> TraceStep.Result) -> TraceStep {
    let source = program.sources[rule]
    let place = program.place(of: rule) ?? RulePlace(table: .raw, chain: .prerouting, index: 0)
    return TraceStep(place: place, rule: source, result: result(source.matches), packet: packet)
  }

  private func holds(_ test: Test, of rule: Int) -> Ternary {
    switch test.question {
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
    case .general:
      program.sources[rule].matches[test.match].holds(
        in: Situation(packet: packet, flow: flow, surroundings: surroundings))
    }
  }
}
