import NetworkValues
import NftablesRuleset
import RuleModel
import Testing

/// Listings of `nft` in the model.
struct ListingTests {
  @Test func ruleWithTwoCommentsIsRead() throws {
    let listing = "table ip t {\n chain c {\n accept comment \"a\" comment \"b\"\n }\n}\n"
    #expect(try NftRuleset(listing: listing).ruleCount == 1)
  }

  @Test func tableHasFlagsChainsSetsAndHandles() throws {
    let rules = try NftRuleset(
      listing: """
        table ip nat { # handle 3
        \tflags dormant;
        \tset blocked { # handle 4
        \t\ttype ipv4_addr . inet_service
        \t\tflags interval
        \t\telements = { 10.0.0.0/8 . 80 timeout 1m expires 2s,
        \t\t\t     192.0.2.1 . 443-444 comment "x" }
        \t}
        \tmap ports {
        \t\ttype inet_service : verdict
        \t\telements = { 80 : jump web, * : drop }
        \t}
        \tct helper ftp {
        \t\ttype "ftp" protocol tcp
        \t}
        \tchain web { # handle 5
        \t}

        \tchain out { # handle 6
        \t\ttype nat hook output priority dstnat - 1; policy drop;
        \t\ttcp dport 80 counter packets 3 bytes 180 redirect to :9999 comment "a" # handle 7
        \t\ttcp dport vmap @ports # handle 8
        \t}
        }
        table inet empty {
        }

        """)
    #expect(rules.tables.map(\.title) == ["ip nat", "inet empty"])
    let table = try #require(rules[.ip, "nat"])
    #expect(table.isDormant)
    #expect(table[set: "blocked"]?.elements?.elements.count == 2)
    #expect(
      table[set: "ports"]?.elements?.elements == [
        NftElement([80...80], data: .verdict(.jump("web"))), NftElement([], data: .verdict(.drop)),
      ])
    let chain = try #require(table[chain: "out"])
    #expect(chain.base == NftBaseChain(.nat, .inet(.output), priority: -101, policy: .drop))
    let rule = try #require(chain.rules.first)
    #expect(rule.handle == 7)
    #expect(rule.comment == "a")
    #expect(rule.counters == Counters(packets: 3, bytes: 180))
    #expect(rule.text == "tcp dport 80 counter redirect to :9999")
    #expect(rule.parts.count == 3)
    #expect(rule.parts.last == .statement(.redirect(PortRange(9999))))
  }

  @Test(arguments: [
    ("filter", NftFamily.inet, 0), ("filter + 10", .ip, 10), ("dstnat - 5", .ip6, -105), ("srcnat", .ip, 100),
    ("raw", .inet, -300), ("mangle", .ip, -150), ("security", .ip, 50), ("-101", .ip, -101),
    ("filter", .bridge, -200), ("out", .bridge, 100), ("dstnat", .bridge, -300),
  ])
  func priorityHasNameOfItsFamily(text: String, family: NftFamily, value: Int32) throws {
    let rules = try NftRuleset(
      listing:
        "table \(family.rawValue) t { chain c { type filter hook input priority \(text); policy accept; } }")
    #expect(rules.tables[0].chains[0].base?.priority == value)
  }

  @Test(arguments: [
    ("tabel ip x {\n}", 1), ("table ip x {\n\tchain c {\n", 2), ("table ip x {\n\tchian c {\n\t}\n}", 2),
    ("table ip x {\n\tchain c {\n\t\ttype nat hook nowhere priority 0;\n\t}\n}", 3),
    ("table ip x {\n set s { type ipv4_addr\n", 2), ("table ip", 1), ("-A OUTPUT -j ACCEPT", 1),
  ])
  func errorHasLine(text: String, line: Int) {
    #expect { try NftRuleset(listing: text) } throws: { error in
      (error as? NftSyntaxError)?.line == line
    }
  }

  @Test(arguments: [
    "tcp dport 80", "ip daddr != 10.0.0.0/8", "ip6 saddr fd00::1-fd00::9", "tcp dport { 80, 443, 8000-8100 }",
    "meta mark & 0x000000ff == 0x00000003", "ct state established,related", "ct state ! invalid",
    "iifname \"veth*\"", "oif \"lo\"", "meta l4proto { tcp, udp }", "ip daddr . tcp dport { 10.0.0.1 . 80 }",
    "ip daddr @blocked", "meta skuid 1000-2000", "fib daddr type local", "meta nfproto ipv6",
    "tcp flags & (fin | syn | rst | ack) == syn", "tcp flags syn / fin,syn,rst,ack", "ip protocol udp",
    "th dport 53", "ct direction original", "ct status dnat", "ct mark 0x00000539",
    "ct original proto-dst 80",
  ])
  func matchIsModelled(text: String) {
    let rule = NftRule(text + " accept")
    guard case .match(let match)? = rule.parts.first, rule.parts.count == 2 else {
      Issue.record("\(rule.parts)")
      return
    }
    #expect(match.text == text)
    #expect(rule.parts.last == .statement(.verdict(.accept)))
  }

  @Test(arguments: [
    "limit rate 5/minute burst 5 packets", "xt match \"owner\"", "xt match comment", "icmp type echo-request",
    "tcp option maxseg size 1000", "meta length 100-200", "quota over 25 mbytes", "numgen random mod 2 0",
    "ip dscp cs1", "add @seen { ip saddr }",
  ])
  func unknownPartIsKeptAsText(text: String) {
    #expect(
      NftRule(text + " counter accept").parts == [
        .statement(.opaque(text)), .statement(.counter), .statement(.verdict(.accept)),
      ])
  }

  private static let statements: [(text: String, statement: NftStatement)] = [
    ("redirect", .redirect(nil)), ("redirect to :80-90", .redirect(80...90)),
    ("dnat to 10.0.0.1:80", .dnat(.to(0x0a00_0001...0x0a00_0001, .ipv4, 80...80))),
    ("dnat ip6 to [fd00::1]:80", .dnat(.to(0xfd << 120 | 1...0xfd << 120 | 1, .ipv6, 80...80))),
    ("dnat to :8080", .dnat(.to(nil, nil, 8080...8080))),
    ("snat to 192.0.2.9", .snat(.to(0xc000_0209...0xc000_0209, .ipv4, nil))),
    ("masquerade", .masquerade(nil)),
    (
      "dnat to tcp dport map { 80 : 10.0.0.1 }",
      .dnat(
        .map(
          [.destinationPort(.tcp)],
          .elements(NftElements([NftElement([80...80], data: .values([0x0a00_0001...0x0a00_0001]))]))))
    ),
    ("tproxy ip to :15006", .tproxy(.ipv4, nil, 15006)), ("notrack", .untrack),
    ("meta mark set 0x00000539", .setMark(NftMarkChange(0x539))),
    (
      "meta mark set meta mark & 0xffffff00 | 0x00000001",
      .setMark(NftMarkChange(.packet, mask: 0xffff_fffe & 0xffff_ff00, value: 1))
    ),
    ("ct mark set mark", .setConnectionMark(NftMarkChange(.packet))),
    ("meta mark set ct mark", .setMark(NftMarkChange(.connection))),
    ("ct zone set 1", .setZone(ConntrackZone(rawValue: 1))),
    ("reject with icmp port-unreachable", .reject("with icmp port-unreachable")),
    ("queue to 1", .queue("to 1")),
    ("log prefix \"a b\" level info", .neutral("log prefix \"a b\" level info")),
    ("goto x", .verdict(.goto("x"))),
  ]

  @Test(arguments: statements)
  func statementIsModelled(text: String, statement: NftStatement) {
    #expect(NftRule(text).parts == [.statement(statement)])
  }
}
