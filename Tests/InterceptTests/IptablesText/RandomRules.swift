import Intercept
import TestSupport

extension Rule {
  /// A rule of modelled matches and a modelled target with random values.
  static func random(_ family: IPFamily, using random: inout SeededGenerator) -> Rule {
    let proto: IPProtocol = Bool.random(using: &random) ? .tcp : .udp
    var matches: [Match] = [.proto(.is(proto))]
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      matches.append(.random(family, proto, using: &random))
    }
    // A rule has each header option once.
    var seen: Set<Int> = []
    matches = matches.filter { $0.headerPlace.map { seen.insert($0).inserted } ?? true }
    return Rule(matches, .random(family, using: &random))
  }
}

extension Match {
  fileprivate var headerPlace: Int? {
    switch self {
    case .source: 0
    case .destination: 1
    case .inInterface: 2
    case .outInterface: 3
    case .proto: 4
    case .tcp, .udp, .multiport, .owner, .mark, .connmark, .conntrack, .state, .addressType, .comment,
      .opaque:
      nil
    }
  }

  fileprivate static func random(
    _ family: IPFamily, _ proto: IPProtocol, using random: inout SeededGenerator
  ) -> Match {
    let choices: [(inout SeededGenerator) -> Match?] = [
      { .source(.random(CIDR.random(family, using: &$0), using: &$0)) },
      { .destination(.random(CIDR.random(family, using: &$0), using: &$0)) },
      { random in
        InterfacePattern(
          ["lo", "eth0", "eth+", "+", "veth1234567890+"].randomElement(using: &random) ?? "lo"
        ).map { .inInterface(.random($0, using: &random)) }
      },
      { random in
        InterfacePattern("br-\(random.next() % 1000)").map { .outInterface(.random($0, using: &random)) }
      },
      { random in proto == .tcp ? .tcp(.random(using: &random)) : .udp(.random(using: &random)) },
      { MultiportMatch.random(using: &$0).map { .multiport($0) } },
      { OwnerMatch.random(using: &$0).map { .owner($0) } },
      { .mark(MarkMatch(.random(MaskedMark.random(using: &$0), using: &$0))) },
      { .connmark(ConnmarkMatch(.random(MaskedMark.random(using: &$0), using: &$0))) },
      { ConntrackMatch(.random(family, using: &$0)).map { .conntrack($0) } },
      { .state(StateMatch(.random([.established, .related], using: &$0))) },
      { AddressTypeMatch.random(using: &$0).map { .addressType($0) } },
      { CommentMatch.random(using: &$0).map { .comment($0) } },
    ]
    return choices.randomElement(using: &random)?(&random) ?? .mark(MarkMatch(.is(MaskedMark(0))))
  }
}

extension Target {
  fileprivate static func random(_ family: IPFamily, using random: inout SeededGenerator) -> Target {
    let mark = MaskedMark.random(using: &random)
    let masks = (Mark(rawValue: random.word), Mark(rawValue: random.word))
    let choices: [Target] = [
      .accept, .drop, .return, .none, .jump(.istioOutput), .goto(.istioInbound), .mark(MarkTarget(set: mark)),
      .redirect(
        RedirectTarget(
          ports: .maybe(PortRange.random, &random), isRandom: .random(using: &random),
          isFullyRandom: .random(using: &random))),
      .connmark(.set(mark)), .connmark(.save(packetMask: masks.0, connectionMask: masks.1)),
      .connmark(.restore(packetMask: masks.0, connectionMask: masks.1)),
      .tproxy(
        TProxyTarget(port: .random(using: &random), address: .random(family, using: &random), mark: mark)),
      .ct(.random(using: &random)),
    ]
    return choices.randomElement(using: &random) ?? .accept
  }
}
