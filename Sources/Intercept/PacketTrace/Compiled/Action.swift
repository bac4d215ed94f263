import NetworkValues
import RuleModel

/// Action of a rule, with chains resolved to numbers. A trivial type, like ``Test``.
enum Action: Sendable {
  case accept
  case drop
  case reject
  case `return`
  /// To the chain with this number.
  case jump(Int)
  case goto(Int)
  /// No effect on the verdict.
  case pass
  case redirect(PortRange?)
  case translate(AddressTranslation)
  case mark(MaskedMark)
  case connmark(ConnmarkTarget)
  case trafficClass(TrafficClassChange)
  case tproxy(TProxyTarget)
  case track(isUntracked: Bool, zone: ConntrackZoneChoice?)
  /// The kernel would reject the rule: its chain is missing or is part of a loop.
  case broken
  /// Not modelled.
  case unknown

  /// - Parameter chain: returns the number of a chain of the same table.
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

  /// True if evaluation continues with the next rule and the packet is unchanged.
  var hasNoEffect: Bool {
    switch self {
    case .pass: true
    case .accept, .drop, .reject, .return, .jump, .goto, .redirect, .translate, .mark, .connmark,
      .trafficClass, .tproxy, .track, .broken, .unknown:
      false
    }
  }
}

extension RedirectTarget {
  /// With `--random`, the kernel picks one of several ports.
  fileprivate var action: Action {
    let isRandomized = isRandom || isFullyRandom
    return isRandomized && ports != nil && ports?.single == nil ? .unknown : .redirect(ports)
  }
}

extension OpaqueTarget {
  /// Action of an opaque target, by its name.
  fileprivate var action: Action {
    let name = String(name)
    if name == "REJECT" { return .reject }
    // Another name of `CT --notrack`.
    if name == "NOTRACK" { return .track(isUntracked: true, zone: nil) }
    if let translation = AddressTranslation(self) { return .translate(translation) }
    if let change = TrafficClassChange(self) { return .trafficClass(change) }
    return Self.passing.contains(name) ? .pass : .unknown
  }

  /// Targets that return `XT_CONTINUE` and change nothing that the rules of a trace test.
  private static let passing: Set<String> = [
    "AUDIT", "CHECKSUM", "CLASSIFY", "CONNSECMARK", "ECN", "HL", "IDLETIMER", "LED", "LOG", "NFLOG",
    "RATEEST",
    "SECMARK", "TCPMSS", "TCPOPTSTRIP", "TEE", "TRACE", "TTL", "ULOG",
  ]
}
