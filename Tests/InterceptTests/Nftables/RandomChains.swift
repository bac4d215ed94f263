import TestSupport
import Intercept
@testable import MeshRules
@testable import NetworkValues
@testable import RuleModel

extension SeededGenerator {
  /// Chains of rules that overlap in all ways, in mangle, where marks can be matched and changed. The rules of one set
  /// are of few kinds, so that many could be one.
  mutating func ruleset() -> Ruleset {
    let kinds = some(of: Array(0...6), upTo: 2) + [Int.random(in: 0...6, using: &self)]
    let ends: [Target] = [.return, .accept, .drop, .setMark(5), .setMark(6), .connmark(.save())]
    let calls: [Target] = [.jump(.istioOutput), .jump(.istioInbound), .goto(.istioOutput)]
    let (few, called) = ([pick(ends), pick(ends)], [pick(ends + [.none]), pick(ends)])
    let chains = [ChainName.output, .prerouting, .istioOutput, .istioInbound].enumerated().map {
      number, name in
      let targets = number < 2 ? few + [pick(calls)] : called
      return Chain(name, rules: (0..<Int.random(in: 1...9, using: &self)).map { _ in rule(kinds, targets) })
    }
    return Ruleset(.ipv4, tables: [Table(.mangle, chains: chains)])
  }

  private mutating func rule(_ kinds: [Int], _ targets: [Target]) -> Rule {
    let all = onceIn(4) ? [Int.random(in: 0...6, using: &self)] : kinds
    return Rule(onceIn(9) ? [] : all.map { match($0) }, pick(targets))
  }

  private mutating func match(_ kind: Int) -> Match {
    let block = CIDR(pick(["10.0.0.0/8", "10.1.0.0/16", "127.0.0.0/8", "192.0.2.0/24"])).map { condition($0) }
    let ports: PortRange = pick([80...80, 80...90, 81...443, 53...53])
    switch kind {
    case 0: return block.map { .destination($0) } ?? .isTCP
    case 1: return block.map { .source($0) } ?? .isTCP
    case 2: return .tcp(TCPMatch(destination: condition(ports)))
    case 3: return .udp(UDPMatch(destination: condition(ports)))
    case 4: return UserID(rawValue: pick(OverlappingValues.owners)).map { .user(condition($0)) } ?? .isUDP
    case 5: return GroupID(rawValue: pick(OverlappingValues.owners)).map { .group(condition($0)) } ?? .isUDP
    default: return .marked(condition(pick([5, 6])))
    }
  }

  private mutating func condition<Value>(_ value: Value) -> Condition<Value> {
    onceIn(3) ? .not(value) : .is(value)
  }
}
