import Intercept
import Testing

@testable import NetworkValues
@testable import NftablesModel
@testable import RuleModel

/// Merging of lowered rules, without the lowering of matches and targets.
struct RuleGroupsTests {
  private func rule(
    _ ports: RangeSet, _ statement: NativeStatement = .return, proto: UInt128 = 6, reason: String? = nil
  ) -> LoweredRule {
    var conditions = PacketConditions()
    conditions.require(.proto, .is(RangeSet(proto)))
    conditions.require(.destinationPort, .is(ports))
    return LoweredRule(conditions, [statement], ReasonSummary(reason))
  }

  private func merged(_ rules: LoweredRule..., effects: ChainEffects = ChainEffects([])) -> [String] {
    RuleGroups.merged(rules, effects).map { rule in
      NativeRule(rule.native.matches, rule.statements, comment: rule.native.comment).nftText
    }
  }

  @Test func valuesOfOneField() {
    #expect(merged(rule(RangeSet(80)), rule(RangeSet(81...90))) == ["tcp dport 80-90 return"])
    #expect(
      merged(rule(RangeSet(80)), rule(RangeSet(80), proto: 17))
        == ["meta l4proto { tcp, udp } th dport 80 return"])
    #expect(merged(rule(RangeSet(80)), rule(RangeSet(90), proto: 17)).count == 2)
    #expect(merged(rule(RangeSet(80)), rule(RangeSet(90), .accept)).count == 2)
  }

  @Test func rulesInBetween() {
    let others = rule(RangeSet(200), .drop)
    #expect(
      merged(rule(RangeSet(80)), others, rule(RangeSet(90)))
        == ["tcp dport { 80, 90 } return", "tcp dport 200 drop"])
    #expect(merged(rule(RangeSet(80)), others, rule(RangeSet(190...210))).count == 3)
  }

  @Test func packetsThatEarlierRulesEnd() {
    #expect(
      merged(rule(RangeSet(80...90), .drop), rule(RangeSet([85...86, 100...100])))
        == ["tcp dport 80-90 drop", "tcp dport 100 return"])
    #expect(merged(rule(RangeSet(80...90), .drop), rule(RangeSet(85))) == ["tcp dport 80-90 drop"])
    #expect(merged(rule(RangeSet(80...90), .setMark(1)), rule(RangeSet(85))).count == 2)
  }

  @Test func idempotentChanges() {
    let mark = rule(RangeSet(80), .setMark(1))
    #expect(merged(mark, mark) == ["tcp dport 80 meta mark set 0x00000001"])
    #expect(merged(mark, rule(RangeSet(80), .setMark(2)), mark).count == 3)
  }

  @Test func callsOfChains() throws {
    let name = try #require(NativeChainName("istio-output"))
    let jump = rule(RangeSet(80), .jump(name))
    let more = rule(RangeSet(90), .jump(name))
    #expect(merged(jump, more).count == 2)
    let returning = LoweredChain(name: name, hook: nil, rules: [rule(RangeSet(80))])
    #expect(
      merged(jump, more, effects: ChainEffects([returning])) == ["tcp dport { 80, 90 } jump istio-output"])
  }

  @Test func reasons() {
    let rules = ["10.0.0.0/8", "172.16.0.0/12", "192.0.2.0/24"].map {
      ReasonSummary("destinations in \($0) are excluded from capture")
    }
    let both = rules[0].joined(with: rules[1])
    #expect(both?.text == "destinations in … are excluded from capture")
    #expect(both?.joined(with: rules[2])?.text == both?.text)
    #expect(rules[0].joined(with: rules[0])?.text == rules[0].text)
    #expect(rules[0].joined(with: ReasonSummary("the proxy's own traffic")) == nil)
    #expect(rules[0].joined(with: ReasonSummary(nil)) == nil)
    #expect(ReasonSummary(nil).joined(with: ReasonSummary(nil)) != nil)
  }

  @Test func rulesWithUnrelatedReasonsAreNotMerged() {
    let (first, second) = (rule(RangeSet(80), reason: "one thing"), rule(RangeSet(90), reason: "another"))
    #expect(merged(first, second).count == 2)
  }
}
