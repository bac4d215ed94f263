import NetworkValues
import RuleModel

/// A native rule as iptables rules of one family.
struct LiftedRule {
  /// What packets must match, in several ways each of which is enough.
  private var ways: [[Match]] = [[]]
  private let rule: NativeRule
  private let family: IPFamily

  init(_ rule: NativeRule, _ family: IPFamily) {
    self.rule = rule
    self.family = family
    for match in rule.matches { ways = ways.flatMap { extended($0, by: match) } }
  }

  /// The rules; none where no packet of the family is meant.
  var rules: [Rule] {
    let target = Target(lifting: rule.statements, family)
    return ways.map {
      Rule($0, target, reason: rule.comment?.description, counters: rule.counters)
    }
  }

  private func extended(_ way: [Match], by match: NativeMatch) -> [[Match]] {
    switch match {
    case .family(let other): other == family ? [way] : []
    case .field(let field, let values):
      field.family.map { $0 == family } ?? true
        ? field.lifted(values, behind: way, needsOwner: !namesOwner).map { way + $0 } : []
    case .inInterface(let name): [way + [.inInterface(name)]]
    case .outInterface(let name): [way + [.outInterface(name)]]
    case .mark(let mark): [way + [.mark(MarkMatch(mark))]]
    case .connectionMark(let mark): [way + [.connmark(ConnmarkMatch(mark))]]
    case .state(let state): [way + [.conntrack(ConntrackMatch(state: state))]]
    case .opaque(let words): [way + [.opaque(OpaqueMatch("nft \(words)"))]]
    }
  }

  /// Whether the rule asks for an owner, so that packets without one do not match in any case.
  private var namesOwner: Bool {
    rule.matches.contains { match in
      switch match {
      case .field(let field, .is): field.isOwner
      case .field(_, .not), .family, .inInterface, .outInterface, .mark, .connectionMark, .state, .opaque:
        false
      }
    }
  }
}

extension Target {
  /// What statements do, the counter aside.
  init(lifting statements: [NativeStatement], _ family: IPFamily) {
    let rest = statements.filter { $0 != .counter }
    if let diverted = Target(diverting: rest, family) {
      self = diverted
    } else if rest.count == 1, let target = rest.first?.target {
      self = target
    } else {
      self = rest.isEmpty ? .none : .opaque(OpaqueTarget("nft \(rest.map(\.nftText).joined(separator: " "))"))
    }
  }

  /// TPROXY: a statement for each thing it does.
  private init?(diverting statements: [NativeStatement], _ family: IPFamily) {
    guard statements.count == 3, case .tproxy(let only, let address, let port) = statements[0],
      case .setMark(let mark) = statements[1], statements[2] == .accept, only ?? family == family
    else { return nil }
    let anywhere = IPAddress(family, bits: 0)
    self = .tproxy(TProxyTarget(port: port, address: address ?? anywhere, mark: MaskedMark(mark)))
  }
}

extension NativeStatement {
  /// The target that does the same, if there is one.
  fileprivate var target: Target? {
    switch self {
    case .accept: .accept
    case .drop: .drop
    case .return: .return
    case .jump(let chain): ChainName(lifting: chain).map { .jump($0) }
    case .goto(let chain): ChainName(lifting: chain).map { .goto($0) }
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
