import TestSupport
import Testing

import Intercept
@testable import MeshRules
@testable import NetworkValues
@testable import NftablesModel
@testable import PacketTrace
@testable import RuleModel

/// The native form of single rules and of runs of rules.
struct LoweringTests {
  /// The native text of the rules of mangle's OUTPUT, without families, counters and comments.
  private func lowered(_ rules: Rule..., family: IPFamily = .ipv4) throws -> [String] {
    let table = Table(.mangle, chains: [Chain(ChainName(.output), rules: rules)])
    let native = try NativeRuleset(lowering: [Ruleset(family, tables: [table])])
    return native.tables.flatMap(\.chains).flatMap { chain in
      chain.rules.map { rule in
        let text = NativeRule(rule.matches.filter { $0 != .family(family) }, rule.statements).nftText
        return (chain.base == nil ? "\(chain.name): " : "") + text.replacing("counter ", with: "")
      }
    }
  }

  private func block(_ text: String) -> CIDR { CIDR(text) ?? CIDR(host: .ipv4(IPv4Address(0, 0, 0, 0))) }

  private func to(_ text: String, _ target: Target = .return) -> Rule {
    Rule([.destination(.is(block(text)))], target)
  }

  private func port(_ ports: PortRange, _ target: Target = .return) -> Rule {
    Rule([.isTCP, .tcpDestination(.is(ports))], target)
  }

  @Test func blocksAreMerged() throws {
    let rules = try lowered(to("10.0.0.0/9"), to("10.128.0.0/9"), to("192.0.2.4/31"), to("192.0.2.6/32"))
    #expect(rules == ["ip daddr { 10.0.0.0/8, 192.0.2.4-192.0.2.6 } return"])
  }

  @Test func theLastAddressesOfAFamily() throws {
    let rules = try lowered(to("ffff::/16"), to("ffff:8000::/17"), to("::/128"), family: .ipv6)
    #expect(rules == ["ip6 daddr { ::, ffff::/16 } return"])
    #expect(
      try lowered(to("255.255.255.255/32"), to("0.0.0.0/1")) == [
        "ip daddr { 0.0.0.0/1, 255.255.255.255 } return"
      ])
  }

  @Test func portsOfBothProtocols() throws {
    let udp = Rule([.isUDP, .udp(UDPMatch(destination: .is(80...80)))], .return)
    let other = Rule([.isUDP, .udp(UDPMatch(destination: .is(443...443)))], .return)
    #expect(
      try lowered(port(80...80), udp, port(443...443), other)
        == ["meta l4proto { tcp, udp } th dport { 80, 443 } return"])
    #expect(try lowered(port(80...80), udp, port(443...443)).count == 2)
  }

  @Test func aRuleThatMattersInBetween() throws {
    #expect(try lowered(port(80...80), port(80...90, .drop), port(85...95)).count == 3)
    // The rule in between matches no packet to port 443; none to port 80 reaches the last rule.
    #expect(
      try lowered(port(80...80), port(80...90, .drop), port(443...443), port(80...80))
        == ["tcp dport { 80, 443 } return", "tcp dport 80-90 drop"])
  }

  @Test func packetsThatSeveralEarlierRulesEnd() throws {
    #expect(
      try lowered(port(22...22), port(1...52), port(80...80, .drop), port(1...52, .drop))
        == ["tcp dport 1-52 return", "tcp dport 80 drop"])
  }

  /// The rules of both protocols are merged first. Only the merged rule covers some ports of the list.
  @Test func rangesOfAListThatEarlierRulesEnd() throws {
    let udp = [1...300, 200...500].map { Rule([.isUDP, .udp(UDPMatch(destination: .is($0)))], .return) }
    #expect(
      try lowered(
        port(1...300), udp[0], port(200...500), udp[1], port(100...400, .drop), port(600...600, .drop),
        port(450...550, .drop))
        == ["meta l4proto { tcp, udp } th dport 1-500 return", "tcp dport { 450-550, 600 } drop"])
  }

  @Test func repeatedRulesAreRemoved() throws {
    let (all, tcp) = (Rule([.onLoopback], .none), Rule([.onLoopback, .isTCP], .none))
    #expect(try lowered(all, tcp).count == 1)
    #expect(try lowered(all, Rule([], .setMark(.proxyToSelf)), tcp).count == 3)
  }

  @Test func changedPacketsMatchTheNextRule() throws {
    let mark = Rule([.isTCP, .tcpDestination(.is(80...80))], .setMark(5))
    let again = Rule([.isTCP, .tcpDestination(.is(80...90))], .setMark(5))
    let between = Rule([.marked(.is(5))], .setMark(6))
    #expect(try lowered(mark, between, again).count == 3)
    #expect(try lowered(mark, again) == ["tcp dport 80-90 meta mark set 0x00000005"])
  }

  @Test func exclusionsInOneRule() throws {
    let rule = Rule(
      ["10.0.0.0/8", "10.1.0.0/16", "172.16.0.0/12"].map { .destination(.not(block($0))) }, .return)
    #expect(try lowered(rule) == ["ip daddr != { 10.0.0.0/8, 172.16.0.0/12 } return"])
    let both = Rule([.destination(.is(block("10.0.0.0/8"))), .destination(.not(block("10.0.0.0/9")))], .drop)
    #expect(try lowered(both) == ["ip daddr 10.128.0.0/9 drop"])
  }

  @Test func rulesThatNoPacketMatches() throws {
    let never = Rule([.destination(.not(block("0.0.0.0/0")))], .drop)
    let neither = Rule([.isTCP, .proto(.not(.tcp))], .drop)
    #expect(
      try lowered(never, neither, Rule([.inInterface(.not(try #require(InterfacePattern("+"))))], .drop))
        == [])
    #expect(
      try lowered(Rule([.onLoopback], .return), Rule([.onLoopback, .isTCP], .drop)) == [
        "oifname \"lo\" return"
      ])
  }

  @Test func longListsOfPorts() throws {
    let ports = (0..<100).map { PortRange(Port(rawValue: 2 * $0 + 1)) }
    let lists = stride(from: 0, to: 100, by: 15).compactMap { first in
      MultiportMatch(.destination, .is(Array(ports[first..<min(first + 15, 100)])))
    }
    let table = Table(
      .mangle,
      chains: [Chain(ChainName(.output), rules: lists.map { Rule([.isTCP, .multiport($0)], .return) })])
    let native = try NativeRuleset(lowering: [Ruleset(.ipv4, tables: [table])])
    #expect(native.ruleCount == 1)
    #expect(
      native.tables.first?.chains.first?.rules.first?.matches.last
        == .field(
          .destinationPort,
          .is(RangeSet(ports: ports))))
  }

  @Test func theCostOfTPROXYDoesNotGrowWithPorts() throws {
    var configuration = Configuration()
    configuration.interception = .tproxy(mark: 1337, table: 133)
    configuration.inboundPorts = .only((1...200).map { PortRange(Port(rawValue: 10 * $0)) })
    let many = try NativeRuleset(configuration)
    configuration.inboundPorts = .only([80...80])
    #expect(try NativeRuleset(configuration).ruleCount == many.ruleCount)
  }

  @Test func thousandsOfBlocks() throws {
    var configuration = Configuration.sidecar()
    configuration.includesIPv6 = true
    let none = try NativeRuleset(configuration).ruleCount
    configuration.excludedOutboundCIDRs = (0..<5000).flatMap { number in
      [
        CIDR(host: .ipv4(IPv4Address(bits: 3 * number))),
        CIDR(host: .ipv6(IPv6Address(bits: 3 * UInt128(number) + 7))),
      ]
    }
    let native = try NativeRuleset(configuration)
    #expect(native.ruleCount == none + 2)
  }
}
