import Intercept
import TestSupport
import Testing

/// Traces through tables of nf_tables that are not Istio's.
struct ForeignTraceTests {
  /// A tracer for Istio's usual rules beside other tables.
  private static func tracer(beside text: String, _ family: IPFamily = .ipv4) throws -> Tracer {
    let rules = RulesetBuilder.build(.sidecar()).first { $0.family == family } ?? Ruleset(family)
    return Tracer(rules, beside: try NftRuleset(listing: text))
  }

  private static func flow(_ to: String, _ direction: Flow.Direction = .outbound) throws -> Flow {
    let (user, group) = (try #require(UserID(rawValue: 1000)), try #require(GroupID(rawValue: 1000)))
    return Flow(
      direction, to: try #require(Endpoint(to)),
      owner: direction == .outbound ? SocketOwner(user: user, group: group) : nil)
  }

  private static func chain(_ base: String, _ rules: String..., family: String = "ip") -> String {
    "table \(family) other {\n\tchain c {\n\t\ttype \(base); policy accept;\n\(rules.joined(separator: "\n"))\n\t}\n}\n"
  }

  @Test(arguments: [
    (
      "nat hook output priority -101", "tcp dport 80 redirect to :9999", Verdict.redirect(to: localhost(9999))
    ),
    ("nat hook output priority -99", "tcp dport 80 redirect to :9999", .redirect(to: localhost(15001))),
    ("nat hook output priority 50", "tcp dport 80 redirect to :9999", .redirect(to: localhost(15001))),
    (
      "nat hook output priority -110", "ip daddr 10.0.0.0/8 dnat to 10.9.9.9:81",
      .dnat(to: remote("10.9.9.9:81"))
    ),
    ("filter hook output priority -300", "tcp dport 80 drop", .drop),
    ("filter hook output priority 0", "tcp dport 15001 reject", .reject),
    ("filter hook output priority -101", "tcp dport 15001 reject", .redirect(to: localhost(15001))),
    ("filter hook input priority 0", "tcp dport 15001 drop", .drop),
    ("filter hook output priority -300", "notrack", .accept),
    ("filter hook output priority 0", "meta foo 1 drop", .unknown),
    ("filter hook output priority 0", "meta foo 1 counter", .redirect(to: localhost(15001))),
    ("filter hook output priority 0", "limit rate 5/minute accept", .redirect(to: localhost(15001))),
    ("filter hook output priority 0", "ip ttl < 2 tcp dport 22 drop", .redirect(to: localhost(15001))),
    ("filter hook output priority 0", "ip ttl < 2 drop", .unknown),
    ("filter hook output priority 0", "@nh,64,8 < 2 udp dport 80 drop", .redirect(to: localhost(15001))),
    (
      "filter hook output priority 0", "ip dscp { cs1, cs2 } tcp dport 22 drop",
      .redirect(to: localhost(15001))
    ),
    (
      "filter hook output priority 0", "ip frag-off & 0x1fff != 0 tcp dport 22 drop",
      .redirect(to: localhost(15001))
    ),
    ("filter hook output priority 0", "meta length 10-20 udp dport 80 drop", .redirect(to: localhost(15001))),
    ("filter hook output priority 0", "ct original ip saddr 10.0.0.1 drop", .unknown),
    (
      "filter hook output priority 0", "tcp flags syn tcp option maxseg size set rt mtu",
      .redirect(to: localhost(15001))
    ),
    ("filter hook output priority 0", "ip daddr set 10.9.9.9", .unknown),
    ("filter hook output priority 0", "numgen inc mod 2 0 drop", .unknown),
    ("filter hook output priority 0", "queue to 1", .unknown),
    (
      "nat hook output priority -101", "tcp dport vmap { 80 : accept, 81 : drop }",
      .redirect(to: localhost(15001))
    ),
    (
      "nat hook output priority -101", "dnat to tcp dport map { 80 : 10.9.9.9 }",
      .dnat(to: remote("10.9.9.9:80"))
    ),
    ("filter hook output priority 0", "ct state new meta skuid 1000 drop", .drop),
    ("filter hook output priority 0", "meta skuid != 1000 drop", .redirect(to: localhost(15001))),
    (
      "filter hook output priority 0", "oifname \"eth*\" ip daddr . tcp dport { 127.0.0.1 . 15001 } drop",
      .drop
    ),
    ("filter hook output priority -190", "ct original proto-dst 80 drop", .drop),
    ("route hook output priority -150", "meta mark set 0x1", .redirect(to: localhost(15001))),
  ])
  func chainOfAnotherTableDecides(base: String, rule: String, verdict: Verdict) throws {
    let tracer = try Self.tracer(beside: Self.chain(base, rule))
    let flow = try Self.flow("10.0.0.1:80")
    #expect(tracer.verdict(of: flow) == verdict)
    #expect(tracer.trace(flow).verdict == verdict, "\(tracer.trace(flow).text())")
  }

  @Test func dormantTableHasNoEffect() throws {
    let text = """
      table ip other {
      flags dormant
      chain c {
      type filter hook output priority 0
      drop
      }
      }
      """
    #expect(
      try Self.tracer(beside: text).verdict(of: Self.flow("10.0.0.1:80")) == .redirect(to: localhost(15001)))
  }

  @Test func policyOfAnotherTableDrops() throws {
    let text = Self.chain("filter hook output priority 0").replacing("policy accept", with: "policy drop")
    let trace = try Self.tracer(beside: text).trace(Self.flow("10.0.0.1:80"))
    #expect(trace.verdict == .drop && trace.decision == nil)
    #expect(trace.events.contains(.policy(.drop, .nftables("ip other"), chain: "c")))
  }

  @Test func decidingRuleIsNamedWithItsTable() throws {
    let trace = try Self.tracer(
      beside: Self.chain("filter hook output priority 0", "counter", "tcp dport 15001 drop")
    )
    .trace(Self.flow("10.0.0.1:80"))
    #expect(trace.decision?.place.table == .nftables("ip other"))
    #expect(trace.decision?.place.index == 2)
    #expect(trace.decision?.rule.text == "tcp dport 15001 drop")
  }

  @Test func familyLimitsATable() throws {
    let text = Self.chain("filter hook output priority 0", "drop", family: "ip6")
    #expect(
      try Self.tracer(beside: text).verdict(of: Self.flow("10.0.0.1:80")) == .redirect(to: localhost(15001)))
  }

  @Test func chainsAtDevicesAreNotFollowed() throws {
    let text =
      "table netdev d {\nchain c {\ntype filter hook ingress device \"eth0\" priority 0\ndrop\n}\n}\n"
    #expect(try Self.tracer(beside: text).trace(Self.flow("10.0.0.1:80")).notFollowed.count == 1)
  }

  @Test func endlessCallsEnd() throws {
    let text = """
      table ip other {
      chain a {
      jump b
      jump b
      }
      chain b {
      jump a
      jump a
      }
      chain c {
      type filter hook output priority 0
      jump a
      }
      }
      """
    #expect(try Self.tracer(beside: text).verdict(of: Self.flow("10.0.0.1:80")) == .unknown)
  }

  @Test(arguments: [
    (
      "OUTPUT -d 10.0.0.0/8 -p tcp -j DNAT --to-destination 10.9.9.9:81",
      Verdict.dnat(to: remote("10.9.9.9:81"))
    ),
    ("POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.9", .accept),
  ])
  func natTargetsOfIptables(rule: String, verdict: Verdict) throws {
    let rules = try IptablesDump.parse("*nat\n-A \(rule)\nCOMMIT\n", family: .ipv4).ruleset
    let trace = Tracer(rules).trace(try Self.flow("10.0.0.1:80"))
    #expect(trace.verdict == verdict)
    if verdict == .accept { #expect(trace.packet.source == IPAddress("192.0.2.9")) }
  }

  @Test func masqueradeAndRedirectUseTheInterface() throws {
    let rules = try IptablesDump.parse(
      "*nat\n-A POSTROUTING -j MASQUERADE\n-A PREROUTING -i docker0 -p tcp -j REDIRECT --to-ports 15001\nCOMMIT\n",
      family: .ipv4
    ).ruleset
    var context = HostContext()
    let (docker, gateway) = (try #require(InterfaceName("docker0")), try #require(IPAddress("172.17.0.1")))
    context.interfaceAddresses = [docker: [gateway], .eth0: [gateway]]
    let tracer = Tracer(rules, in: context)
    #expect(tracer.trace(try Self.flow("10.0.0.1:80")).packet.source == gateway)
    var flow = try Self.flow("10.96.7.7:80", .inbound)
    flow.interface = docker
    #expect(tracer.verdict(of: flow) == .redirect(to: Endpoint(gateway, 15001)))
    #expect(tracer.trace(flow).notFollowed.isEmpty)
    // A text of rules does not have the address.
    #expect(Tracer(rules).trace(flow).notFollowed.contains { $0.contains("docker0") })
  }

  @Test(arguments: [
    ("nat hook output priority -101", "tcp dport 8443 redirect to :9999", 1),
    ("nat hook output priority -99", "tcp dport 8443 redirect to :9999", 0),
    ("filter hook output priority 0", "tcp dport 15001 accept", 0),
    ("filter hook input priority 0", "tcp dport 15001 drop", 1),
  ])
  func shadowingRulesAreFound(base: String, rule: String, count: Int) throws {
    let rules = try #require(RulesetBuilder.build(.sidecar()).first { $0.family == .ipv4 })
    let found = ShadowingRule.all(rules, beside: try NftRuleset(listing: Self.chain(base, rule)))
    #expect(found.map(\.text) == Array(repeating: rule, count: count))
  }

  @Test(arguments: [("net1", 1), ("eth0", 0)])
  func aRuleForThePodsInterfaceShadows(interface: String, count: Int) throws {
    let rules = try #require(RulesetBuilder.build(.sidecar()).first { $0.family == .ipv4 })
    var context = HostContext()
    context.podInterface = try #require(InterfaceName("net1"))
    let rule = "iifname \"\(interface)\" tcp dport 15006 drop"
    let tables = try NftRuleset(listing: Self.chain("filter hook input priority 0", rule))
    #expect(ShadowingRule.all(rules, beside: tables, in: context).count == count)
  }
}

private func localhost(_ port: UInt16) -> Endpoint {
  Endpoint(.ipv4(IPv4Address(127, 0, 0, 1)), Port(rawValue: port))
}
private func remote(_ text: String) -> Endpoint { Endpoint(text) ?? localhost(0) }
