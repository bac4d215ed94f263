import Intercept
import TestSupport

/// Random rules of every kind that the model has, in chains of every hook that connections pass here.
///
/// User-defined chains belong to one hook each, since the kernel checks what a match may be asked where.
struct RandomRules {
  var random: SeededGenerator

  mutating func ruleset(_ family: IPFamily) -> Ruleset {
    let tables = [TableName.raw, .mangle, .nat, .filter].filter { _ in !random.onceIn(3) }
    return Ruleset(family, tables: tables.map { table($0, family) })
  }

  private mutating func table(_ name: TableName, _ family: IPFamily) -> Table {
    let hooks = name.hooks.filter { $0 != .forward && !random.onceIn(3) }
    return Table(name, chains: hooks.flatMap { chains(name, $0, family) })
  }

  /// A built-in chain and two of its own, each may call those after it.
  private mutating func chains(_ table: TableName, _ hook: Hook, _ family: IPFamily) -> [Chain] {
    let own = ["\(hook.rawValue)_A", "\(hook.rawValue)_B"].compactMap { ChainName($0) }
    let names = [ChainName(hook)] + own
    return names.enumerated().map { number, name in
      let place = RandomRule.Place(
        table: table, hook: hook, family: family, below: Array(names[(number + 1)...]))
      let count = Int.random(in: 1...4, using: &random)
      return Chain(name, rules: (0..<count).map { _ in RandomRule.make(place, &random) })
    }
  }
}

/// One random rule.
struct RandomRule {
  struct Place {
    let table: TableName
    let hook: Hook
    let family: IPFamily
    /// The chains it may call.
    let below: [ChainName]

    var isOutward: Bool { hook == .output || hook == .postrouting }
  }

  var random: SeededGenerator

  static func make(_ place: Place, _ random: inout SeededGenerator) -> Rule {
    var maker = RandomRule(random: random)
    defer { random = maker.random }
    let target = maker.target(place)
    var matches: [Match] = []
    for _ in 0..<Int.random(in: 0...2, using: &maker.random) { matches += maker.match(place) }
    if case .tproxy = target { matches = matches.filter { !$0.isProtocol } + [.proto(.is(.udp))] }
    if case .redirect = target { matches = matches.filter { !$0.isProtocol } + [.proto(.is(.udp))] }
    return Rule(matches.unique, target)
  }

  private mutating func target(_ place: Place) -> Target {
    var choices: [Target] = [.return, .accept, .none, .mark(MarkTarget(set: mark()))]
    // In raw it would write on what CT prepares for all packets alike.
    if place.table != .raw { choices.append(.connmark(connmark())) }
    choices += place.below.flatMap { [.jump($0), .jump($0), .goto($0)] }
    if place.table != .nat, random.onceIn(2) { choices.append(.drop) }
    if place.table == .raw { choices += [.ct(CTTarget(zone: 7)), .ct(untracked)] }
    let redirects = place.table == .nat && (place.hook == .output || place.hook == .prerouting)
    if redirects { choices += Array(repeating: .redirect(RedirectTarget(ports: redirection())), count: 4) }
    if place.table == .mangle, place.hook == .prerouting {
      let anywhere = IPAddress(place.family, bits: 0)
      choices.append(.tproxy(TProxyTarget(port: random.pick([15006, 0]), address: anywhere, mark: mark())))
    }
    return random.pick(choices)
  }

  private var untracked: CTTarget {
    var target = CTTarget()
    target.isUntracked = true
    return target
  }

  private mutating func redirection() -> PortRange? {
    random.pick([PortRange(15001), PortRange(15006), PortRange(from: 8000, to: 8000), nil])
  }

  private mutating func mark() -> MaskedMark {
    MaskedMark(random.pick([5, 1337, 1338, 0]), mask: random.pick([.allBits, .allBits, 0xff, 0x7ff]))
  }

  private mutating func connmark() -> ConnmarkTarget {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: .set(mark())
    case 1: .save(packetMask: random.pick([.allBits, 0xff]), connectionMask: .allBits)
    default: .restore(packetMask: .allBits, connectionMask: random.pick([.allBits, 0xff]))
    }
  }
}
