@testable import Intercept

extension NativeRandom {
  /// Chains of rules that overlap in all ways, in mangle, where marks can be told and changed.
  mutating func ruleset() -> Ruleset {
    let chains = [ChainName.output, .prerouting, .istioOutput, .istioInbound].enumerated().map {
      number, name in
      Chain(name, rules: (0..<Int.random(in: 1...7, using: &self)).map { _ in rule(mayCall: number < 2) })
    }
    return Ruleset(.ipv4, tables: [Table(.mangle, chains: chains)])
  }

  private mutating func rule(mayCall: Bool) -> Rule {
    let calls: [Target] =
      mayCall ? [.jump(.istioOutput), .jump(.istioInbound), .goto(.istioOutput)] : [.none]
    let target = pick(calls + [.return, .accept, .drop, .setMark(5), .setMark(6), .connmark(.save())])
    return Rule(some(of: [0, 1, 2, 3, 4, 5, 6], upTo: 3).map { match($0) }, target)
  }

  private mutating func match(_ kind: Int) -> Match {
    let block = CIDR(pick(["10.0.0.0/8", "10.1.0.0/16", "127.0.0.0/8", "192.0.2.0/24"])).map { condition($0) }
    let ports: PortRange = pick([80...80, 80...90, 81...443, 53...53])
    switch kind {
    case 0: return block.map { .destination($0) } ?? .isTCP
    case 1: return block.map { .source($0) } ?? .isTCP
    case 2: return .tcp(TCPMatch(destination: condition(ports)))
    case 3: return .udp(UDPMatch(destination: condition(ports)))
    case 4: return UserID(rawValue: pick(Self.owners)).map { .user(condition($0)) } ?? .isUDP
    case 5: return GroupID(rawValue: pick(Self.owners)).map { .group(condition($0)) } ?? .isUDP
    default: return .marked(condition(pick([5, 6])))
    }
  }

  private mutating func condition<Value>(_ value: Value) -> Condition<Value> {
    onceIn(3) ? .not(value) : .is(value)
  }
}
