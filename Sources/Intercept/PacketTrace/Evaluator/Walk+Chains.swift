import RuleModel

/// How a chain comes to its end.
enum ChainEnd {
  /// At its last rule, or by RETURN: on in the calling chain, or to the policy.
  case atEnd
  /// The table has said yes.
  case accepted
}

extension Walk {
  /// How deep chains may call each other (`NFT_JUMP_STACK_SIZE`); the kernel refuses rules that go deeper.
  private var deepest: Int { 16 }

  /// How many rules a walk passes before it gives up: where each of a few chains calls the next many times, there
  /// is no end to it.
  private var mostRules: Int { 1 << 20 }

  /// Runs a built-in chain.
  mutating func run(_ chain: Int) throws(Stop) -> ChainEnd { try run(chain, depth: 0) }

  private mutating func run(_ first: Int, depth: Int) throws(Stop) -> ChainEnd {
    guard depth <= deepest else { throw .unknown }
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

  /// Tries the rules of a chain; nil if none of them ended it.
  private mutating func runRules(of chain: Int, depth: Int) throws(Stop) -> Turn? {
    let rules = program.chains[chain].rules
    passedRules += rules.count
    guard passedRules <= mostRules else { throw .unknown }
    for rule in rules where matches(rule) {
      switch program.rules[rule].action {
      case .jump(let other):
        if try run(other, depth: depth + 1) == .accepted { return .end(.accepted) }
      case .goto(let other): return .goto(other)
      case .return:
        settle(rule, in: chain)
        return .end(.atEnd)
      case .accept:
        settle(rule, in: chain)
        return .end(.accepted)
      case .drop:
        decider = rule
        throw .dropped
      case .broken, .unknown:
        decider = rule
        throw .unknown
      case .redirect(let ports):
        redirect(to: ports, by: rule)
        return .end(.accepted)
      case .tproxy(let target):
        divert(target, by: rule)
        return .end(.accepted)
      case .mark(let mark): packet.mark = mark.changing(packet.mark)
      case .connmark(let target): apply(target)
      case .track(let isUntracked, let zone): prepare(isUntracked: isUntracked, zone)
      case .pass: break
      }
    }
    return nil
  }

  /// Remembers the rule that let a packet go where it might have been captured.
  private mutating func settle(_ rule: Int, in chain: Int) {
    guard !isRedirected, listener == nil else { return }
    switch program.chains[chain].table {
    case .nat where !hasDestination: decider = rule
    case .mangle where flow.direction == .inbound && packet.outInterface == nil: decider = rule
    case .raw, .mangle, .nat, .filter, .security: break
    }
  }
}
