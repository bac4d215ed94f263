/// The effect of statements on those packets that continue with the next rule.
enum FallthroughEffect {
  /// No packet continues.
  case terminal
  /// Packets continue unchanged.
  case none
  /// Packets are changed; a second application changes nothing more.
  case idempotent
  /// Packets may be changed in any way.
  case unknown

  /// True if every packet that continues is unchanged.
  var leavesPacketsUnchanged: Bool {
    switch self {
    case .terminal, .none: true
    case .idempotent, .unknown: false
    }
  }
}

/// The effects of rules, including those of the chains that they call.
struct ChainEffects {
  private var effects: [NativeChainName: FallthroughEffect] = [:]

  init(_ chains: [LoweredChain]) {
    // The effect of a chain depends on the chains it calls, which nest 16 deep at most (`NFT_JUMP_STACK_SIZE`).
    for _ in 0..<16 {
      let known = self
      for chain in chains { effects[chain.name] = known.effect(of: chain.rules) }
      guard effects != known.effects else { return }
    }
  }

  func effect(of statements: [NativeStatement]) -> FallthroughEffect {
    guard let last = statements.last else { return .none }
    switch last {
    case .accept where statements.contains(where: \.isTProxy): return .none
    case .accept, .drop, .return, .redirect, .goto: return .terminal
    case .jump(let chain): return effects[chain] ?? .unknown
    case .setMark, .setConnectionMark, .saveMark, .restoreMark, .setZone, .untrack: return .idempotent
    case .counter: return .none
    case .tproxy, .opaque: return .unknown
    }
  }

  /// The effect of a called chain on packets that return from it.
  private func effect(of rules: [LoweredRule]) -> FallthroughEffect {
    let endsWithVerdict = rules.last.map { $0.conditions == PacketConditions() && $0.isTerminal(in: self) }
    if endsWithVerdict ?? false, !rules.contains(where: \.canReturn) { return .terminal }
    let leavesPacketsUnchanged = rules.allSatisfy { rule in
      switch rule.statements.last {
      case .goto(let chain): effects[chain]?.leavesPacketsUnchanged ?? false
      default: effect(of: rule.statements).leavesPacketsUnchanged
      }
    }
    return leavesPacketsUnchanged ? .none : .unknown
  }
}

extension LoweredRule {
  /// True if a matching packet may return to the calling chain.
  fileprivate var canReturn: Bool {
    switch statements.last {
    case .return, .goto: true
    default: false
    }
  }

  /// True if no matching packet returns, neither to this chain nor to the calling one.
  fileprivate func isTerminal(in effects: ChainEffects) -> Bool {
    !canReturn && effects.effect(of: statements) == .terminal
  }
}
