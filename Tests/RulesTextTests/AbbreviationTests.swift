import Intercept
import TestSupport
import Testing

/// Comparison with rules in which `nft` leaves out the arguments of extensions.
@Suite struct AbbreviationTests {
  private func listed(_ rule: String) throws -> Ruleset {
    try NftRuleset(text: "table ip nat {\n\tchain ISTIO_REDIRECT {\n\t\t\(rule)\n\t}\n}\n").iptablesTables(
      .ipv4)
  }

  private func saved(_ rule: String) throws -> Ruleset {
    try IptablesDump.parse(
      "*nat\n:ISTIO_REDIRECT - [0:0]\n-A ISTIO_REDIRECT \(rule)\nCOMMIT\n", family: .ipv4
    ).ruleset
  }

  @Test(arguments: [
    (#"meta l4proto tcp counter xt target "REDIRECT""#, "-p tcp -j REDIRECT --to-ports 15001"),
    ("meta l4proto tcp counter packets 1 bytes 60 xt target REDIRECT", "-p tcp -j REDIRECT --to-ports 15001"),
    ("xt match owner counter return", "-m owner --uid-owner 1337 -j RETURN"),
    ("xt match comment counter return", "-m comment --comment proxy -j RETURN"),
    ("meta l4proto tcp counter", "-p tcp -j REDIRECT --to-ports 15001"),
  ])
  func argumentsThatAreLeftOutAreTakenFromTheOtherRules(rule: String, other: String) throws {
    let (rules, known) = try (listed(rule), saved(other))
    #expect(
      rules.abbreviatedExtensions(of: known).count == 1 && known.abbreviatedExtensions(of: rules).isEmpty)
    #expect(RulesetDiff(from: known, to: rules.completed(by: known)).isEmpty)
    #expect(!RulesetDiff(from: known, to: rules).isEmpty)
  }

  @Test(arguments: [
    ("meta l4proto tcp counter redirect to :15001", "-p tcp -j REDIRECT --to-ports 15002"),
    (#"meta l4proto udp counter xt target "REDIRECT""#, "-p tcp -j REDIRECT --to-ports 15001"),
    (#"meta l4proto tcp counter xt target "MARK""#, "-p tcp -j REDIRECT --to-ports 15001"),
    ("xt match owner counter return", "-m comment --comment proxy -j RETURN"),
  ])
  func otherRulesDiffer(rule: String, other: String) throws {
    let (rules, known) = try (listed(rule), saved(other))
    #expect(rules.abbreviatedExtensions(of: known).isEmpty && rules.completed(by: known) == rules)
    #expect(!RulesetDiff(from: known, to: rules).isEmpty)
  }

  @Test(arguments: [
    ("meta l4proto tcp counter xt target REDIRECT", true), ("xt match owner counter return", true),
    ("meta l4proto tcp counter redirect to :15001", false), ("counter masquerade", false),
    ("meta l4proto tcp counter", false), ("skuid 1337 counter return", false),
  ])
  func argumentsMayBeLeftOutInBoth(rule: String, isAbbreviated: Bool) throws {
    let rules = try listed(rule)
    #expect(
      rules.abbreviatedExtensions(of: rules).isEmpty != isAbbreviated && rules.completed(by: rules) == rules)
  }

  /// Targets that `nft` prints as its own statements.
  @Test(arguments: [
    (#"counter log prefix "x: ""#, #"-j LOG --log-prefix "x: ""#), ("counter log", "-j LOG"),
    (#"log prefix "x" level debug"#, "-j LOG --log-prefix x --log-level 7"),
    ("log flags tcp sequence,options flags skuid", "-j LOG --log-tcp-sequence --log-tcp-options --log-uid"),
    ("meta l4proto tcp reject with tcp reset", "-p tcp -j REJECT --reject-with tcp-reset"),
    ("reject", "-j REJECT --reject-with icmp-port-unreachable"),
    ("reject with icmp host-prohibited", "-j REJECT --reject-with icmp-host-prohibited"),
    ("reject with icmp type net-unreachable", "-j REJECT --reject-with icmp-net-unreachable"),
  ])
  func statementsOfTargetsAreEqual(rule: String, other: String) throws {
    #expect(RulesetDiff(from: try saved(other), to: try listed(rule)).isEmpty)
    #expect(!RulesetDiff(from: try saved("-s 10.9.9.9 " + other), to: try listed(rule)).isEmpty)
  }

  @Test func hiddenInterfacesAreNoArguments() throws {
    let shown = try RulesText.read(
      "Chain ISTIO_REDIRECT (0 references)\ntarget     prot opt source               destination\n"
        + "RETURN     all  --  0.0.0.0/0            0.0.0.0/0            owner UID match 1337\n")
    let rules = try listed("oifname \"lo\" skuid 1337 counter return")
    #expect(try rules.abbreviatedExtensions(of: #require(shown.rulesets.first)).isEmpty)
  }
}
