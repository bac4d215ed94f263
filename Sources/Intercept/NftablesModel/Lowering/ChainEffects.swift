/// What is known of packets that go on with the next rule.
enum Effect {
  /// There are none.
  case final
  /// Nothing about them has changed.
  case none
  /// Something has, but a second time would be as once.
  case repeatable
  /// Nobody knows.
  case unknown

  /// Whether packets that go on with the next rule do so as they came.
  var leavesUnchanged: Bool {
    switch self {
    case .final, .none: true
    case .repeatable, .unknown: false
    }
  }
}

/// The effects of rules, with the chains looked into that they call.
struct ChainEffects {
  private var effects: [NativeChainName: Effect] = [:]

  init(_ chains: [LoweredChain]) {
    // What is known of a chain helps to know its callers, as deep as calls can go (`NFT_JUMP_STACK_SIZE`).
    for _ in 0..<16 {
      let known = self
      for chain in chains { effects[chain.name] = known.effect(of: chain.rules) }
      guard effects != known.effects else { return }
    }
  }

  func effect(of statements: [NativeStatement]) -> Effect {
    guard let last = statements.last else { return .none }
    switch last {
    case .accept where statements.contains(where: \.isTProxy): return .none
    case .accept, .drop, .return, .redirect, .goto: return .final
    case .jump(let chain): return effects[chain] ?? .unknown
    case .setMark, .setConnectionMark, .saveMark, .restoreMark, .setZone, .untrack: return .repeatable
    case .counter: return .none
    case .tproxy, .opaque: return .unknown
    }
  }

  /// What a chain does to packets that come back from it.
  private func effect(of rules: [LoweredRule]) -> Effect {
    let ends = rules.last.map { $0.conditions == PacketConditions() && $0.staysAway(in: self) } ?? false
    if ends, !rules.contains(where: \.canReturn) { return .final }
    let isWithoutTrace = rules.allSatisfy { rule in
      switch rule.statements.last {
      case .goto(let chain): effects[chain]?.leavesUnchanged ?? false
      default: effect(of: rule.statements).leavesUnchanged
      }
    }
    return isWithoutTrace ? .none : .unknown
  }
}

extension LoweredRule {
  /// Whether a packet that matches may leave the chain for the calling one.
  fileprivate var canReturn: Bool {
    switch statements.last {
    case .return, .goto: true
    default: false
    }
  }

  /// Whether a packet that matches comes back neither to this chain nor to the calling one.
  fileprivate func staysAway(in effects: ChainEffects) -> Bool {
    !canReturn && effects.effect(of: statements) == .final
  }
}
