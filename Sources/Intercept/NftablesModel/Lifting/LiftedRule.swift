package import NetworkValues
package import RuleModel

/// The iptables rules of one family that correspond to a native rule.
struct LiftedRule {
  /// Lists of matches; a packet matches the native rule if it matches one of the lists.
  private var alternatives: [[Match]] = [[]]
  private let rule: NativeRule
  private let family: IPFamily
  private let names: LiftedNames

  init(_ rule: NativeRule, _ family: IPFamily, names: LiftedNames = .istio) {
    self.rule = rule
    self.family = family
    self.names = names
    for match in rule.matches { alternatives = alternatives.flatMap { extended($0, by: match) } }
  }

  /// The iptables rules; none if no packet of the family can match.
  var rules: [Rule] {
    let target = Target(lifting: rule.statements, family, names)
    return alternatives.map {
      Rule($0, target, reason: rule.comment?.description, counters: rule.counters)
    }
  }

  private func extended(_ matches: [Match], by match: NativeMatch) -> [[Match]] {
    switch match {
    case .family(let other): other == family ? [matches] : []
    case .field(let field, let values):
      field.family.map { $0 == family } ?? true
        ? field.lifted(
          values, after: matches, needsOwner: !requiresOwner, joinsPorts: names == .unchanged
        ).map { matches + $0 } : []
    case .inInterface(let name): [matches + [.inInterface(name)]]
    case .outInterface(let name): [matches + [.outInterface(name)]]
    case .mark(let mark): [matches + [.mark(MarkMatch(mark))]]
    case .connectionMark(let mark): [matches + [.connmark(ConnmarkMatch(mark))]]
    case .state(let state): [matches + [.conntrack(ConntrackMatch(state: state))]]
    case .opaque(let words): [matches + [.opaque(OpaqueMatch("nft \(words)"))]]
    }
  }

  /// True if the rule requires an owner, so that it matches no packet without a socket.
  private var requiresOwner: Bool {
    rule.matches.contains { match in
      switch match {
      case .field(let field, .is): field.isOwner
      case .field(_, .not), .family, .inInterface, .outInterface, .mark, .connectionMark, .state, .opaque:
        false
      }
    }
  }
}

/// The names of lifted chains.
package enum LiftedNames: Sendable {
  /// Istio's names in its iptables form: istio-output is ISTIO_OUTPUT.
  case istio
  /// The names of a table of iptables-nft, unchanged.
  case unchanged

  func name(of chain: NativeChainName) -> ChainName? {
    switch self {
    case .istio: ChainName(lifting: chain)
    case .unchanged: ChainName(chain.text)
    }
  }
}

extension NativeRule {
  /// The rules of a table of iptables-nft that correspond to this rule; none if no packet of the family can match.
  package func iptablesRules(_ family: IPFamily) -> [Rule] {
    LiftedRule(self, family, names: .unchanged).rules
  }
}

extension Target {
  /// The target that corresponds to statements, without the counter.
  init(lifting statements: [NativeStatement], _ family: IPFamily, _ names: LiftedNames = .istio) {
    let rest = statements.filter { $0 != .counter }
    if let diverted = Target(diverting: rest, family) {
      self = diverted
    } else if rest.count == 1, let target = rest.first?.target(names) {
      self = target
    } else {
      self = rest.isEmpty ? .none : .opaque(OpaqueTarget("nft \(rest.map(\.nftText).joined(separator: " "))"))
    }
  }

  /// TPROXY corresponds to three statements.
  private init?(diverting statements: [NativeStatement], _ family: IPFamily) {
    guard statements.count == 3, case .tproxy(let only, let address, let port) = statements[0],
      case .setMark(let mark) = statements[1], statements[2] == .accept, only ?? family == family
    else { return nil }
    let anywhere = IPAddress(family, bits: 0)
    self = .tproxy(TProxyTarget(port: port, address: address ?? anywhere, mark: MaskedMark(mark)))
  }
}

extension NativeStatement {
  /// The corresponding target; nil if there is none.
  fileprivate func target(_ names: LiftedNames) -> Target? {
    switch self {
    case .accept: .accept
    case .drop: .drop
    case .return: .return
    case .jump(let chain): names.name(of: chain).map { .jump($0) }
    case .goto(let chain): names.name(of: chain).map { .goto($0) }
    case .redirect(let ports): .redirect(RedirectTarget(ports: ports))
    case .setMark(let mark): .mark(MarkTarget(set: MaskedMark(mark)))
    case .setConnectionMark(let mark): .connmark(.set(MaskedMark(mark)))
    case .saveMark: .connmark(.save())
    case .restoreMark: .connmark(.restore())
    case .setZone(let zone): .ct(CTTarget(zone: zone))
    case .untrack: .ct(.untracked)
    case .counter, .tproxy, .opaque: nil
    }
  }
}
