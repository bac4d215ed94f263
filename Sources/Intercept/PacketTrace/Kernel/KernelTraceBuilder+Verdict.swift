import NetworkValues
import RuleModel

extension KernelTraceBuilder {
  /// What a rule that matched means for the connection, as the tracer on paper has it.
  mutating func judge(_ rule: Decision, _ match: MatchedRule, _ visit: ChainTraversal, _ number: Int) {
    switch rule.rule.target {
    case .redirect(let target):
      decision = rule
      // nat may have its say after TPROXY; the listener stays the same.
      if case .tproxy = verdict { return }
      verdict = .redirect(to: destination(behind: number, target, visit))
    case .tproxy where rule.rule.target.isUnheard(match.effect): (verdict, decision) = (.drop, rule)
    case .tproxy(let target):
      let port = target.port == 0 ? visit.packet.destination.port : target.port
      (verdict, decision) = (.tproxy(port: port), rule)
    case .drop: (verdict, decision) = (.drop, rule)
    case .accept, .return: settle(rule, visit)
    case .jump, .goto, .none, .mark, .connmark, .ct, .opaque:
      switch match.effect {
      case .drop: (verdict, decision) = (.drop, rule)
      case .accept, .return: settle(rule, visit)
      case .continue, .jump, .goto, .other: break
      }
    }
  }

  /// Remembers the rule that let a packet go where it might have been captured.
  private mutating func settle(_ rule: Decision, _ visit: ChainTraversal) {
    guard verdict == .accept else { return }
    switch rule.place.table {
    case .nat where !hasDestination: decision = rule
    case .mangle where asked.direction == .inbound && visit.packet.outInterface == nil: decision = rule
    case .raw, .mangle, .nat, .filter, .security: break
    }
  }

  /// Where the packet goes after nat: the next hook sees it; else the rule says.
  private func destination(behind number: Int, _ target: RedirectTarget, _ visit: ChainTraversal) -> Endpoint
  {
    if let next = story.visits[number...].first(where: { $0.hook != visit.hook }) {
      return next.packet.destination
    }
    let destination = visit.packet.destination
    let address =
      visit.hook == .output ? IPAddress.localhost(destination.address.family) : destination.address
    return Endpoint(address, target.ports?.lowerBound ?? destination.port)
  }

  /// NAT by a rule that is not modelled shows in the packet alone.
  mutating func judgeTheEnd() {
    guard verdict == .accept, let last = story.visits.last, last.packet.destination != asked.destination
    else {
      return
    }
    verdict = last.packet.inInterface == nil ? .unknown : .redirect(to: last.packet.destination)
  }
}

extension Target {
  /// Whether it would have handed the packet to a socket, and there was none: TPROXY drops it then.
  func isUnheard(_ effect: MatchedRule.Effect) -> Bool {
    if case .tproxy = self { effect == .drop } else { false }
  }
}
