import Intercept
import TestSupport
import Testing

/// Chains of other programs that no packet reaches, whose rules a large dump need not keep.
@Suite struct ChainReachTests {
  /// The chains of table nat with rules.
  private func chainsWithRules(_ lines: String, keeping: Bool = false) throws -> Set<String> {
    let text = "*nat\n:A - [0:0]\n:B - [0:0]\n:C - [0:0]\n:ISTIO_OUTPUT - [0:0]\n\(lines)\nCOMMIT\n"
    let rules = try RulesText.read(Array(text.utf8), RulesText.Options(keepsUnreachedChains: keeping))
    let chains = rules.rulesets[0].tables.flatMap(\.chains)
    #expect(Set(chains.map(\.name.text)).isSuperset(of: ["A", "B", "C"]))
    return Set(chains.filter { !$0.rules.isEmpty }.map(\.name.text))
  }

  private static let cases: [(lines: String, kept: Set<String>)] = [
    ("-A A -j RETURN", []),
    ("-A OUTPUT -j A\n-A A -j RETURN\n-A B -j C\n-A C -j B", ["OUTPUT", "A"]),
    // A chain may be used before the jump to it is listed.
    ("-A A -j RETURN\n-A B -g A\n-A OUTPUT -j B", ["OUTPUT", "A", "B"]),
    ("[5:40] -A OUTPUT -j A\n[5:40] -A A -j RETURN\n[0:0] -A B -j RETURN", ["OUTPUT", "A"]),
    // Istio's chains are compared even if no hook leads to them, and so are jumps to them.
    (
      "-A ISTIO_OUTPUT -j A\n-A A -j RETURN\n-A B -j ISTIO_OUTPUT\n-A C -j RETURN",
      ["ISTIO_OUTPUT", "A", "B"]
    ),
    ("-A A -m comment --comment \"-j B\" -j RETURN\n-A B -j RETURN", ["A", "B"]),
    // Forms that iptables-save does not print.
    ("-A A --jump B\n-A B -j RETURN", ["A", "B"]),
    ("-A A -jB\n-A B -j RETURN", ["A", "B"]),
    ("-A A -j RETURN\n-I B -j RETURN", ["A", "B"]),
    ("-A A -j RETURN\n-A A -j ACCEPT\n-D A -j RETURN", ["A"]),
  ]

  @Test(arguments: cases)
  func onlyRulesThatNoPacketReachesAreLeftOut(_ lines: String, _ kept: Set<String>) throws {
    #expect(try chainsWithRules(lines) == kept)
    #expect(try chainsWithRules(lines, keeping: true).isSuperset(of: kept))
  }

  @Test func theyAreCheckedAllTheSame() throws {
    #expect(throws: RulesTextError.self) { try chainsWithRules("-A A -p tcp --dport 99999 -j RETURN") }
  }

  /// Lines that are in the file as they are, and lines that are not, in one text.
  @Test func changedLinesKeepTheirPlace() throws {
    let text = "*nat\n  -A OUTPUT -p tcp -j RETURN  \n-A OUTPUT -p udp -j RETURN\nCOMMIT\n"
    let rules = try RulesText.read(Array(text.utf8)).rulesets[0]
    #expect(rules.saveText().contains("-A OUTPUT -p tcp -j RETURN\n-A OUTPUT -p udp -j RETURN\n"))
  }
}
