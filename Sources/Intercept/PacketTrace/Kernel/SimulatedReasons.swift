import RuleModel

/// Why rules do not match, from a trace on paper of the same packet: the kernel tells only of those that do.
struct SimulatedReasons {
  private struct Key: Hashable {
    let hook: Hook
    let place: RulePlace
  }

  private var steps: [Key: TraceStep] = [:]
  /// Whether somebody said who owns the socket.
  private let knowsOwner: Bool

  init(_ paper: Trace?) {
    knowsOwner = paper?.flow.isOwnerUnknown == false
    var hook: Hook?
    for event in paper?.events ?? [] {
      switch event {
      case .hook(let next, _): hook = next
      case .rule(let step): if let hook { steps[Key(hook: hook, place: step.place)] = step }
      case .table, .policy, .natSkipped, .rerouted, .foreign: break
      }
    }
  }

  /// Of rules that stand for one of the kernel's that matched, the one that does so on paper; else the first.
  func matched(_ rules: Range<Int>, of chain: ChainName, in table: TableName, at hook: Hook) -> Int {
    let match = rules.first { index in
      steps[Key(hook: hook, place: RulePlace(table: table, chain: chain, index: index))]?.isMatch == true
    }
    return match ?? rules.lowerBound
  }

  /// A rule that the kernel passed, with the reason if paper knows one.
  func passed(_ place: RulePlace, _ rule: Rule, at hook: Hook, _ packet: Packet) -> TraceStep {
    if let step = steps[Key(hook: hook, place: place)], case .failed(let match) = step.result,
      knowsOwner || !match.isAboutOwner
    {
      return TraceStep(place: place, rule: rule, result: .failed(match), packet: step.packet)
    }
    return TraceStep(place: place, rule: rule, result: .passed, packet: packet)
  }
}

extension Match {
  fileprivate var isAboutOwner: Bool {
    if case .owner = self { true } else { false }
  }
}
