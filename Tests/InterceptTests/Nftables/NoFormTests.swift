import Testing

import Intercept
@testable import NetworkValues
@testable import NftablesModel
@testable import PacketTrace
@testable import RuleModel

/// What the native form cannot say is an error that names it.
struct NoFormTests {
  static let rules: [(Rule, String)] = [
    (Rule([.opaque(OpaqueMatch("-m quota --quota 5"))], .accept), "-m quota --quota 5"),
    (Rule([], .opaque(OpaqueTarget("LOG"))), "-j LOG"),
    (Rule([.tcp(TCPMatch(flags: .is(.opening)))], .accept), "-m tcp --tcp-flags FIN,SYN,RST,ACK SYN"),
    (Rule([.mark(MarkMatch(.is(MaskedMark(0, mask: 0))))], .accept), "-m mark --mark 0x0/0x0"),
    (Rule([], .mark(MarkTarget(set: MaskedMark(1, mask: 3)))), "-j MARK --set-xmark 0x1/0x3"),
    (Rule([], .redirect(RedirectTarget(ports: nil, isRandom: true))), "-j REDIRECT --random"),
    (Rule([.state(StateMatch(.not([.invalid, .new])))], .accept), "! --ctstate INVALID,NEW"),
    (Rule([.state(StateMatch(.is(.sourceTranslated)))], .accept), "--ctstate SNAT"),
    (
      Rule([], .connmark(.save(packetMask: 1, connectionMask: 1))),
      "-j CONNMARK --save-mark --nfmask 0x1 --ctmask 0x1"
    ),
    (Rule([], .jump(ChainName("A{}") ?? .output)), "A{}"),
  ]

  @Test(arguments: rules)
  func errorsNameTheRule(rule: Rule, words: String) {
    let table = Table(.mangle, chains: [Chain(.istioOutput, rules: [rule])])
    #expect {
      try NativeRuleset(lowering: [Ruleset(.ipv4, tables: [table])])
    } throws: { error in
      "\(error)".hasPrefix("\"\(words)\" has no native form")
    }
  }

  @Test func tablesAndPolicies() {
    let rule = Rule([], .accept)
    let filter = Table(.filter, chains: [Chain(.istioOutput, rules: [rule])])
    let closed = Table(.mangle, chains: [Chain(.output, policy: .drop)])
    for table in [filter, closed] {
      #expect(throws: NativeFormError.self) { try NativeRuleset(lowering: [Ruleset(.ipv4, tables: [table])]) }
    }
  }
}
