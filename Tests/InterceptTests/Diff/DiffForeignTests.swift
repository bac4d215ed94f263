import Intercept
import TestSupport
import Testing

/// Foreign rules: reported only if they shadow rules of Istio.
struct DiffForeignTests {
  private let wanted = Sample.documented.wanted

  private func differences(_ live: Ruleset) -> [Difference] {
    RulesetDiff(wanted: wanted, live: live).differences
  }

  @Test(arguments: [
    "-p tcp -j ACCEPT", "-j ACCEPT", "-p tcp -j DROP", "-j RETURN", "-p tcp -m tcp --dport 22 -j ACCEPT",
    "-p tcp -j REDIRECT --to-ports 9000", "-i eth0 -j ACCEPT", "-m addrtype --dst-type LOCAL -j ACCEPT",
    "! -p udp -j ACCEPT", "-p tcp -j DNAT --to-destination 10.0.0.1:80",
    "-p tcp -m conntrack --ctstate NEW -j ACCEPT",
    "-p tcp -j REJECT --reject-with tcp-reset", "-p tcp -g OTHER",
  ])
  func `a rule that takes TCP away is in the jump's way`(rule: String) {
    let found = differences(wanted.inserting(.nat, .prerouting, rule))
    guard case .shadowed(let foreign, inside: nil, let jumps) = found.first else {
      Issue.record("\(found)")
      return
    }
    #expect(found.count == 1 && foreign.number == 1 && foreign.rule == TerseRules.rule(rule))
    #expect(jumps.map(\.rule.iptablesText) == ["-p tcp -j ISTIO_INBOUND"] && jumps.map(\.number) == [2])
  }

  @Test(arguments: [
    "-p udp -j ACCEPT", "! -p tcp -j DROP", "-p icmp -j RETURN", "-p tcp -j LOG --log-prefix x",
    "-p tcp -j MARK --set-xmark 0x1/0xffffffff", "-m comment --comment counted", "-j OTHER",
    "-p tcp -m conntrack --ctstate ESTABLISHED -j ACCEPT", "-p tcp -j CONNMARK --save-mark",
    "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j RETURN", "-i lo -j ACCEPT",
    "-m addrtype --src-type LOCAL -j ACCEPT", "-p tcp -m tcp --dport 15008 -j ACCEPT",
  ])
  func `a rule that ends no TCP connection is no difference`(rule: String) {
    #expect(differences(wanted.inserting(.nat, .prerouting, rule)).isEmpty)
  }

  @Test(arguments: [
    ("-p udp -j DROP", false), ("-p udp -m udp --dport 123 -j REDIRECT --to-ports 5353", false),
    ("! -p tcp -j RETURN", false), ("-d 127.0.0.1/32 -j ACCEPT", false),
    ("-m owner --uid-owner 201507 -j ACCEPT", true), ("-p tcp -m tcp --dport 443 -j ACCEPT", true),
    ("-d 127.0.0.1/32 -p tcp -j DROP", true), ("-m addrtype --dst-type LOCAL -j RETURN", true),
  ])
  func `a rule counts if it takes packets that the chain of the jump decides about`(
    rule: String, counts: Bool
  ) {
    let found = differences(wanted.inserting(.nat, .output, rule))
    #expect(found.map(\.kind) == (counts ? [.shadowed] : []), "\(found)")
  }

  @Test func `UDP counts if DNS is captured`() {
    let wanted = Sample.newDNS.wanted
    let live = wanted.inserting(.nat, .output, "-p udp -m udp --dport 53 -j REDIRECT --to-ports 5353")
    #expect(RulesetDiff(wanted: wanted, live: live).differences.map(\.kind) == [.shadowed])
  }

  /// Every port that is left alone is a path of its own: the work stays bounded, and the protocol still counts.
  @Test func `a chain with many rules decides about what its rules have in common`() {
    let rules = (1...3_000).map { TerseRules.rule("-p tcp -m tcp --dport \(3 * $0) -j RETURN") }
    let chains = (wanted[.nat]?.chains ?? []).map { chain in
      chain.name == .istioInbound ? Chain(chain.name, rules: rules + chain.rules) : chain
    }
    let live = Ruleset(.ipv4, tables: [Table(.nat, chains: chains)])
    for (rule, counts) in [("-p tcp -j ACCEPT", true), ("-p udp -j ACCEPT", false)] {
      let found = differences(live.inserting(.nat, .prerouting, rule))
      #expect(found.contains { $0.kind == .shadowed } == counts)
    }
  }

  @Test func `a rule after the jump is no difference`() {
    #expect(differences(wanted.appending(.nat, "PREROUTING", "-p tcp -j ACCEPT")).isEmpty)
  }

  @Test func `rules, chains, tables and policies elsewhere are none of our business`() {
    let live = TerseRules.ruleset(
      """
      *filter
      :INPUT DROP
      :DOCKER -
      -A INPUT -p tcp -j DOCKER
      -A DOCKER -j DROP
      *mangle
      -A PREROUTING -m conntrack --ctstate INVALID -j LOG
      """)
    #expect(differences(Ruleset(.ipv4, tables: wanted.tables + live.tables)).isEmpty)
    let others = wanted.appending(.nat, "POSTROUTING", "-j MASQUERADE").appending(.nat, "KUBE-X", "-j ACCEPT")
    #expect(differences(others).isEmpty)
  }

  @Test func `a foreign chain is looked into, as deep as it goes`() {
    let live =
      wanted.inserting(.nat, .prerouting, "-m comment --comment portals -j KUBE-SERVICES")
      .appending(
        .nat, "KUBE-SERVICES", "-p udp -m udp --dport 53 -j KUBE-DNS", "-d 10.0.0.1/32 -p tcp -j KUBE-SVC"
      )
      .appending(.nat, "KUBE-DNS", "-j DNAT --to-destination 10.1.1.1:53")
      .appending(.nat, "KUBE-SVC", "-j KUBE-MARK", "-p tcp -j DNAT --to-destination 10.1.1.2:80")
      .appending(.nat, "KUBE-MARK", "-j MARK --set-xmark 0x4000/0x4000")
    #expect(
      RulesetDiff(wanted: wanted, live: live).text() == """
        nat PREROUTING
        ! -m comment --comment portals -j KUBE-SERVICES
            by KUBE-SVC rule 2: -p tcp -j DNAT --to-destination 10.1.1.2:80
            shadows -p tcp -j ISTIO_INBOUND
            inbound TCP is looked at for capture

        """)
  }

  @Test func `a foreign chain that decides other packets only is no difference`() {
    let live =
      wanted.inserting(.nat, .prerouting, "-j KUBE-SERVICES")
      .appending(.nat, "KUBE-SERVICES", "-p udp -j KUBE-DNS", "-j RETURN", "-j KUBE-SERVICES")
      .appending(.nat, "KUBE-DNS", "-j ACCEPT")
    #expect(differences(live).isEmpty)
  }

  @Test func `a chain that never ends its calls does not hang`() {
    let live = wanted.inserting(.nat, .prerouting, "-j A").appending(.nat, "A", "-j B").appending(
      .nat, "B", "-j A")
    #expect(differences(live).isEmpty)
  }

  /// The kernel rejects such depths, but a file may contain them: neither stack nor time may run out.
  @Test func `chains that call each other thousands deep are looked through`() {
    let last = TerseRules.rule("-s 10.0.0.0/8 -p tcp -j ACCEPT")
    let chains = (0..<10_000).map { number in
      let rule = number == 9_999 ? last : Rule(last.matches, .jump(chain(number + 1)))
      return Chain(chain(number), rules: [rule])
    }
    let live = wanted.inserting(.nat, .prerouting, "-j C0")
    let table = Table(.nat, chains: (live[.nat]?.chains ?? []) + chains)
    let found = differences(Ruleset(.ipv4, tables: [table]))
    #expect(found.map(\.kind) == [.shadowed])
  }

  private func chain(_ number: Int) -> ChainName { ChainName("C\(number)") ?? .istioDrop }

  @Test(arguments: [
    ("-i eth5 -j ACCEPT", 0), ("-i eth9 -j ACCEPT", 3), ("-i eth5 -j DROP", 1), ("-i eth6 -j DROP", 1),
  ])
  func `letting through what is let through anyway is no harm`(rule: String, shadowed: Int) {
    let wanted = Sample.tproxy.wanted
    let diff = RulesetDiff(wanted: wanted, live: wanted.inserting(.mangle, .prerouting, rule))
    let rules = diff.differences.flatMap { difference in
      if case .shadowed(_, _, let rules) = difference { rules } else { [PlacedRule]() }
    }
    #expect(rules.count { $0.rule.target == .return } == (shadowed == 1 ? 1 : 0))
    #expect(diff.differences.count == 1)
  }

  @Test func `an interface of another configuration is unexpected`() {
    let found = differences(wanted.inserting(.nat, .prerouting, "-i eth5 -j RETURN"))
    #expect(found.map(\.kind) == [.unexpected])
  }

  @Test func `a jump to Istio's chain from a foreign chain is unexpected`() {
    let diff = RulesetDiff(
      wanted: wanted, live: wanted.appending(.nat, "DOCKER", "-i eth0 -j ISTIO_REDIRECT", "-j ACCEPT"))
    #expect(
      diff.text() == """
        nat DOCKER
        + -i eth0 -j ISTIO_REDIRECT
            there, but not wanted

        """)
  }

  @Test(arguments: [TableName.nat, .mangle])
  func `leftovers of other modes are unexpected`(table: TableName) {
    let live = Sample.tproxy.wanted
    let found = RulesetDiff(wanted: wanted, live: live).chains.filter { $0.table == table }
    #expect(!found.isEmpty)
    let unexpected = found.filter { $0.presence == .unexpected }.map(\.chain)
    #expect(unexpected == (table == .mangle ? [.istioDivert, .istioDrop, .istioInbound, .istioTproxy] : []))
  }

  @Test func `a foreign dump has no changed rules of Istio`() {
    let live = TerseRules.ruleset("*nat\n-A PREROUTING -p tcp -j ACCEPT\n-A OUTPUT -p tcp -j DOCKER")
    #expect(differences(live).allSatisfy { $0.kind == .missing })
  }
}
