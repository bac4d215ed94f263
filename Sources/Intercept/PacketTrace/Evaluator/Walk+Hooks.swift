import NetworkValues
import RuleModel

extension Walk {
  /// Evaluates one hook: its chains by priority, with connection tracking and NAT among them.
  ///
  /// The chains of OUTPUT see the old interface throughout; only POSTROUTING sees a new route.
  mutating func run(_ hook: Hook) throws(Stop) {
    recorder.record(.hook(hook, packet))
    var interface = packet.outInterface
    for entry in compiled.schedule(hook).entries {
      let (mark, destination) = (packet.mark, packet.destination)
      switch entry {
      case .tracking: track()
      case .nat(let chains):
        try runNAT(chains, at: hook)
        if packet.destination != destination { interface = route }
      case .chain(let chain):
        try traverse(chain, at: hook)
        if chain.reroutes, packet.mark != mark { interface = route }
      }
    }
    guard hook == .output, interface != packet.outInterface, let interface else { return }
    packet.outInterface = interface
    recorder.record(.rerouted(to: interface))
  }

  /// The hook of connection tracking, present if a rule needs it. It skips packets it has seen, such as
  /// those on lo.
  private mutating func track() {
    guard compiled.tracksConnections else { return }
    switch packet.tracking {
    case .none, .template: packet.tracking = packet.state == .invalid ? .none : .tracked
    case .tracked, .untracked: break
    }
  }

  /// Evaluates a base chain, and its policy at its end.
  private mutating func traverse(_ chain: HookSchedule.BaseChain, at hook: Hook) throws(Stop) {
    recorder.record(.table(chain.table, hook))
    let policy: Policy
    switch chain.number {
    case .iptables(let number):
      guard try run(number) == .atEnd else { return }
      policy = compiled.chains[number].policy
    case .nftables(let number):
      guard try runNftables(number) == .atEnd else { return }
      policy = chain.policy ?? .accept
    }
    recorder.record(.policy(policy, chain.table, chain: chain.name))
    if policy == .drop {
      decidingRule = nil
      throw .dropped
    }
  }

  /// Evaluates nat, which translates destination and source of a connection once each, for its first packet. A chain
  /// that translates ends it for all later ones.
  private mutating func runNAT(_ chains: [HookSchedule.BaseChain], at hook: Hook) throws(Stop) {
    let isAboutDestination = hook == .prerouting || hook == .output
    if let reason = natSkipReason(isAboutDestination) {
      if !chains.isEmpty { recorder.record(.natSkipped(reason)) }
      return
    }
    isTranslationSet = false
    hookSide = isAboutDestination ? .destination : .source
    for chain in chains {
      guard !isTranslationSet else {
        recorder.record(.natSkipped(.translatedBefore))
        break
      }
      try traverse(chain, at: hook)
    }
    if isAboutDestination { hasDestination = true } else { hasSource = true }
  }

  private func natSkipReason(_ isAboutDestination: Bool) -> TraceEvent.NATSkipReason? {
    guard packet.tracking == .tracked else { return .notTracked }
    guard packet.state == .new || packet.state == .related else { return .connectionIsKnown }
    return (isAboutDestination ? hasDestination : hasSource) ? .decidedBefore : nil
  }
}
