import Intercept
import TestSupport
import Testing

/// The positions of native rules in the lifted chains.
struct LiftedPlacesTests {
  @Test func numbersMatchTheLiftedRules() throws {
    let rulesets = RulesetBuilder.build(
      .sidecar { configuration in
        configuration.includesIPv6 = true
        configuration.excludedOutboundPorts = [22...22, 8000...8100]
        configuration.excludedOutboundCIDRs = [CIDR(host: .ipv4(IPv4Address(192, 0, 2, 7)))]
        configuration.dns = .all
      })
    let native = try NativeRuleset(lowering: rulesets)
    for family in IPFamily.allCases {
      let lifted = Ruleset(lifting: native, family)
      for table in native.tables {
        for chain in table.chains {
          let places = LiftedPlaces(chain, family)
          let name = try #require(places.chain)
          #expect(LiftedPlaces.name(of: chain.name.text) == name.text || name.hook != nil)
          let rules = lifted[table.name.iptablesName, name]?.rules ?? []
          #expect(places.numbers.count == chain.rules.count)
          #expect(places.numbers.last.map { $0.upperBound - 1 } ?? 0 == rules.count)
          for (rule, numbers) in zip(chain.rules, places.numbers) {
            #expect(numbers.allSatisfy { rules[$0 - 1].reason == rule.comment?.description })
          }
        }
      }
    }
  }
}
