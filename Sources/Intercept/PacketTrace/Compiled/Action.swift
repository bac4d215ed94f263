import NetworkValues
import RuleModel

/// What a rule does, with the names of chains resolved; trivial, as tests are.
enum Action: Sendable {
  case accept
  case drop
  case `return`
  /// To the chain of this number.
  case jump(Int)
  case goto(Int)
  /// Nothing that a verdict could depend on.
  case pass
  case redirect(PortRange?)
  case mark(MaskedMark)
  case connmark(ConnmarkTarget)
  case tproxy(TProxyTarget)
  case track(isUntracked: Bool, zone: ConntrackZoneChoice?)
  /// The kernel would not take the rule: its chain is missing, or calls itself in the end.
  case broken
  /// Nobody knows.
  case unknown

  /// - Parameter chain: the number of a chain of the same table.
  init(_ target: Target, chain: (ChainName) -> Int?) {
    switch target {
    case .accept: self = .accept
    case .drop: self = .drop
    case .return: self = .return
    case .jump(let name): self = chain(name).map(Action.jump) ?? .broken
    case .goto(let name): self = chain(name).map(Action.goto) ?? .broken
    case .none: self = .pass
    case .redirect(let target): self = target.action
    case .mark(let target): self = .mark(target.mark)
    case .connmark(let target): self = .connmark(target)
    case .tproxy(let target): self = .tproxy(target)
    case .ct(let target): self = .track(isUntracked: target.isUntracked, zone: target.zone)
    case .opaque(let target): self = target.action
    }
  }

  /// Whether a packet goes on with the next rule and nothing about it has changed that matters.
  var isWithoutEffect: Bool {
    switch self {
    case .pass: true
    case .accept, .drop, .return, .jump, .goto, .redirect, .mark, .connmark, .tproxy, .track, .broken,
      .unknown:
      false
    }
  }
}

extension RedirectTarget {
  /// Which port of several is drawn at random, nobody knows.
  fileprivate var action: Action {
    let isDrawn = isRandom || isFullyRandom
    return isDrawn && ports != nil && ports?.single == nil ? .unknown : .redirect(ports)
  }
}

extension OpaqueTarget {
  /// What is known of a target by its name alone.
  fileprivate var action: Action {
    let name = text.split(separator: " ").first.map(String.init) ?? ""
    if name == "REJECT" { return .drop }
    // These change where a packet seems to come from, and no rule of the hooks behind asks for it.
    if ["MASQUERADE", "SNAT"].contains(name) { return .accept }
    return Self.passing.contains(name) ? .pass : .unknown
  }

  /// Targets behind which a packet goes on with the next rule, changed in nothing that rules here ask for.
  private static let passing: Set<String> = [
    "AUDIT", "CHECKSUM", "CLASSIFY", "CONNSECMARK", "HL", "IDLETIMER", "LED", "LOG", "NFLOG", "RATEEST",
    "SECMARK", "TCPMSS", "TCPOPTSTRIP", "TEE", "TRACE", "TTL", "ULOG",
  ]
}
