import RuleModel

/// Mismatch reasons from the simulated trace; the kernel reports only matching rules.
struct SimulatedReasons {
  private struct Key: Hashable {
    let hook: Hook
    let place: RulePlace
  }

  private var steps: [Key: TraceStep] = [:]
  /// True if the socket owner was given.
  private let isOwnerKnown: Bool

  init(_ simulated: Trace?) {
    isOwnerKnown = simulated?.flow.isOwnerUnknown == false
    var hook: Hook?
    for event in simulated?.events ?? [] {
      switch event {
      case .hook(let next, _): hook = next
      case .rule(let step): if let hook { steps[Key(hook: hook, place: step.place)] = step }
      case .table, .policy, .natSkipped, .rerouted, .foreign: break
      }
    }
  }

  /// Among the rules that one kernel rule replaces, the one that matches in the simulation; else the
  /// first.
  func matched(_ rules: Range<Int>, of chain: ChainName, in table: TableName, at hook: Hook) -> Int {
    let match = rules.first { index in
      steps[Key(hook: hook, place: RulePlace(table: table, chain: chain, index: index))]?.isMatch == true
    }
    return match ?? rules.lowerBound
  }

  /// A rule that did not match in the kernel, with the simulated reason if there is one.
  func passed(_ place: RulePlace, _ rule: Rule, at hook: Hook, _ packet: Packet) -> TraceStep {
    if let step = steps[Key(hook: hook, place: place)], case .failed(let match) = step.result,
      isOwnerKnown || !match.isAboutOwner
    {
      return TraceStep(place: place, rule: .iptables(rule), result: .failed(match), packet: step.packet)
    }
    return TraceStep(place: place, rule: .iptables(rule), result: .passed, packet: packet)
  }
}

extension TracedMatch {
  fileprivate var isAboutOwner: Bool {
    if case .iptables(.owner) = self { true } else { false }
  }
}
