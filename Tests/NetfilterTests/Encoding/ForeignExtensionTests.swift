import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Matches and targets of other programs that this program does not write, against `iptables-nft-save`.
@Suite(.enabled(if: canUseKernel))
struct ForeignExtensionTests {
  static let rules = [
    "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT",
    "-p tcp -m tcp --dport 81 ! --tcp-flags SYN,ACK SYN -j ACCEPT", "-p tcp -m tcp --tcp-option 8 -j ACCEPT",
    "-p tcp -m tcp --sport 1:9 --dport 81 --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE -j ACCEPT",
    "-f -j ACCEPT", "! -f -j ACCEPT", "-m limit --limit 5/sec --limit-burst 7 -j ACCEPT",
    "-m limit --limit 3/min -j ACCEPT", "-m limit --limit 7/hour -j ACCEPT",
    "-m iprange --src-range 10.0.0.1-10.0.0.9 ! --dst-range 10.1.0.1-10.1.0.9 -j ACCEPT",
    "-p tcp -m connlimit --connlimit-above 7 --connlimit-mask 24 --connlimit-saddr -j ACCEPT",
    "-p tcp -m connlimit --connlimit-upto 7 --connlimit-mask 32 --connlimit-daddr -j ACCEPT",
    "-m statistic --mode random --probability 0.33000000007 -j ACCEPT",
    "-m statistic --mode random ! --probability 1.00000000000 -j ACCEPT",
    "-m statistic --mode nth --every 3 --packet 1 -j ACCEPT",
    "-m addrtype --dst-type LOCAL --limit-iface-out -j ACCEPT",
    "-m hashlimit --hashlimit-above 5/sec --hashlimit-burst 5 --hashlimit-mode srcip,dstport --hashlimit-name foo "
      + "--hashlimit-srcmask 24 -j ACCEPT",
    "-m hashlimit --hashlimit-upto 3/hour --hashlimit-burst 9 --hashlimit-name bar -j ACCEPT",
    "-m recent --rcheck --seconds 60 --hitcount 3 --name bad --mask 255.255.255.0 --rsource -j ACCEPT",
    "-m recent --set --name DEFAULT --mask 255.255.255.255 --rdest",
    "-m string --string \"a b\" --algo bm --to 100 -j ACCEPT",
    "-m string ! --string \"foo\" --algo kmp -j ACCEPT",
    "-p tcp -m multiport --dports 80,90:95 -j ACCEPT",
    "-p tcp -m conntrack --ctstate NEW --ctorigdst 10.0.0.0/8 --ctorigdstport 80:90 -j ACCEPT",
    "-m conntrack ! --ctproto 6 ! --ctstatus EXPECTED --ctexpire 5:60 --ctdir REPLY -j ACCEPT",
    "-m conntrack --ctorigsrc 10.1.2.3/32 ! --ctreplsrc 10.0.0.0/9 --ctrepldst 10.5.0.0/16 -j ACCEPT",
    "-m owner --uid-owner 1000-2000 --gid-owner 5 -j ACCEPT", "-m ttl --ttl-gt 64 -j ACCEPT",
    "-m ttl ! --ttl-eq 64 -j ACCEPT", "-m dscp ! --dscp 0x0a -j ACCEPT", "-m length --length 0:500 -j ACCEPT",
    "-m length ! --length 40 -j ACCEPT", "-p tcp -m tcpmss --mss 500:1000 -j ACCEPT",
    "-m pkttype --pkt-type broadcast -j ACCEPT", "-m quota --quota 1000 -j ACCEPT",
    "-m cgroup --cgroup 5 -j ACCEPT", "-p icmp -m icmp --icmp-type 8 -j ACCEPT",
    "-p icmp -m icmp ! --icmp-type 3/4 -j ACCEPT", "-m helper --helper ftp -j ACCEPT",
    "-m connbytes --connbytes 10:20 --connbytes-mode packets --connbytes-dir both -j ACCEPT",
    "-m connbytes ! --connbytes 10 --connbytes-mode bytes --connbytes-dir reply -j ACCEPT",
    "-m physdev --physdev-in eth+ --physdev-is-bridged -j ACCEPT",
    "-p tcp -j LOG --log-prefix \"x: \" --log-level 7 --log-uid", "-j LOG", "-j NFLOG --nflog-group 3",
    "-j NFLOG --nflog-prefix \"a b\" --nflog-group 3 --nflog-threshold 5",
    "-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu", "-j DSCP --set-dscp 0x05",
    "-j NFQUEUE --queue-num 5 --queue-bypass", "-j NFQUEUE --queue-balance 5:7",
    "-j CLASSIFY --set-class 0001:0002", "-j TTL --ttl-set 5", "-j TTL --ttl-dec 1",
    "-m tos --tos 0x10/0xff -j ACCEPT", "-m tos ! --tos 0x10/0x3f -j ACCEPT",
    "-p tcp -m ecn --ecn-tcp-ece --ecn-ip-ect 2 -j ACCEPT", "-m ecn ! --ecn-ip-ect 1 -j ACCEPT",
    "-m time --timestart 10:00:00 --timestop 20:30:00 --weekdays Mon,Sun --datestop 2038-01-19T03:14:07 -j ACCEPT",
    "-m time --monthdays 1,2,31 --datestart 2024-02-29T23:59:59 --datestop 2027-03-01T00:00:00 --kerneltz -j ACCEPT",
    "-m time --timestart 23:00:00 --timestop 01:00:00 --datestop 2036-12-31T00:00:01 --contiguous -j ACCEPT",
    "-m u32 --u32 \"0x6&0xff=0x6\" -j ACCEPT",
    "-m u32 ! --u32 \"0x0>>0x16&0x3c@0x4=0x1:0x5,0x7&&0x6<<0x1=0x1\" -j ACCEPT",
    "-m bpf --bytecode \"4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0\" -j ACCEPT",
    "-d 10.0.0.0/255.0.255.0 -j ACCEPT", "! -s 0.0.0.1/0.0.0.255 -p tcp -j ACCEPT",
    "-p tcp -m tcp --sport 0:80 -j ACCEPT", "-p tcp -m tcp --dport 90:65535 -j ACCEPT",
    "-p udp -m udp ! --sport 5:65535 -j ACCEPT", "-p tcp -m multiport --sports 0:80,90:65535 -j ACCEPT",
    "-j TOS --set-tos 0x10/0xff", "-p tcp -j ECN --ecn-tcp-remove",
    "-j TEE --gateway 10.0.0.1", "-j AUDIT --type accept", "-j CHECKSUM --checksum-fill",
  ]
  static let rulesOfIPv6 = [
    "-m hl --hl-lt 5 -j ACCEPT", "-p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT", "-j HL --hl-inc 1",
    "-m iprange ! --src-range fd00::1-fd00::9 -j ACCEPT",
    "-m conntrack --ctorigdst fd00::/9 -j ACCEPT", "! -d fd00::1/ffff::ffff -j ACCEPT",
    "-m recent --update --seconds 9 --name v6 --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource -j DROP",
  ]

  @Test(arguments: [(IPFamily.ipv4, rules), (.ipv6, rulesOfIPv6)])
  func rulesHaveTheTextOfIptables(_ family: IPFamily, _ rules: [String]) throws {
    try withNamespace { () throws in
      for rule in rules {
        try Iptables.restore("*mangle\n-A POSTROUTING \(rule)\nCOMMIT\n", family)
      }
      let saved = try Iptables.save(family)
      let expected = saved.split(separator: "\n").filter { $0.hasPrefix("-A POSTROUTING") }.map(\.trimmed)
      var connection = try NFTablesConnection.open()
      let live = try connection.rules(TableFamily(family), table: "mangle", chain: "POSTROUTING")
      let read = live.map { "-A POSTROUTING \(Rule($0, family).iptablesText)".trimmed }
      #expect(read == expected)
      #expect(read.count == rules.count)
      // Every rule is foreign beside Istio's own tables. Those with parts of x_tables have the same text there.
      let foreign = try connection.nftRuleset().tables(beside: .native)
      let beside = foreign[family == .ipv4 ? .ip : .ip6, "mangle"]?[chain: "POSTROUTING"]
      let texts = Set(beside?.rules.map { "-A POSTROUTING \($0.text)" } ?? [])
      #expect(texts.intersection(expected).count > expected.count / 2)
      #expect(texts.allSatisfy { !$0.contains("xt ") })
    }
  }

  @Test(arguments: [
    ("raw", "PREROUTING", ["-j NOTRACK", "-j CT --notrack", "-j TRACE", "-p tcp -j TRACE"]),
    (
      "nat", "OUTPUT",
      [
        "-p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.5:80 --random --persistent",
        "-p tcp -j DNAT --to-destination 10.0.0.1:80-90/1000", "-p tcp -j DNAT --to-destination :80",
        "-p tcp -j REDIRECT --to-ports 80-90 --random",
      ]
    ),
    (
      "nat", "POSTROUTING",
      [
        "-j MASQUERADE --random-fully", "-p tcp -j MASQUERADE --to-ports 1000-2000 --random",
        "-p tcp -j SNAT --to-source 10.0.0.1-10.0.0.5:1000-2000 --random --persistent",
        "-j SNAT --to-source 10.0.0.1 --random-fully", "-p tcp -j SNAT --to-source :1000-2000",
      ]
    ),
  ])
  func targetsOfATableHaveTheTextOfIptables(_ table: String, _ chain: String, _ rules: [String]) throws {
    try withNamespace { () throws in
      for rule in rules { try Iptables.restore("*\(table)\n-A \(chain) \(rule)\nCOMMIT\n", .ipv4) }
      let saved = try Iptables.save(.ipv4).split(separator: "\n").filter { $0.hasPrefix("-A ") }
      var connection = try NFTablesConnection.open()
      let live = try connection.rules(.ip, table: table, chain: chain)
      #expect(live.map { "-A \(chain) \(Rule($0, .ipv4).iptablesText)" } == saved.map(\.trimmed))
      #expect(saved.map(\.trimmed) == rules.map { "-A \(chain) \($0)" })
    }
  }

  @Test func setsHaveTheirNames() throws {
    try withNamespace { () throws in
      for set in ["spare hash:ip", "foo hash:ip", "bar hash:ip,port"] {
        try run(["ipset", "create"] + set.split(separator: " ").map(String.init))
      }
      try run("ipset", "destroy", "spare")
      let rules = [
        "-m set --match-set foo src -j ACCEPT", "-p tcp -m set ! --match-set bar dst,src -j ACCEPT",
        "-m set --match-set foo dst --return-nomatch ! --update-counters --packets-gt 3 -j ACCEPT",
      ]
      for rule in rules { try Iptables.restore("*mangle\n-A OUTPUT \(rule)\nCOMMIT\n", .ipv4) }
      var connection = try NFTablesConnection.open()
      let read = try connection.rules(.ip).map { Rule($0, .ipv4).iptablesText }
      #expect(read == rules)
      let saved = try Iptables.save(.ipv4).split(separator: "\n").filter { $0.hasPrefix("-A ") }
      #expect(saved.map(\.trimmed) == rules.map { "-A OUTPUT \($0)" })
    }
  }

  @Test func optionsThatAreNotKnownAreShortAndDiffer() throws {
    try withNamespace { () throws in
      for mode in ["tunnel", "transport"] {
        try Iptables.restore(
          "*mangle\n-A OUTPUT -m policy --dir out --pol ipsec --mode \(mode) -j ACCEPT\nCOMMIT\n", .ipv4)
      }
      var connection = try NFTablesConnection.open()
      let texts = try connection.rules(.ip).map { Rule($0, .ipv4).iptablesText }
      #expect(texts.count == 2 && Set(texts).count == 2)
      #expect(texts.allSatisfy { $0.hasPrefix("-m policy [") && $0.count < 80 })
    }
  }

  @Test(arguments: [("--syn", 1), ("--tcp-flags SYN,ACK ACK", 0)])
  func flagsDecideWhetherARuleShadows(_ flags: String, _ count: Int) throws {
    try withNamespace { () throws in
      var configuration = Configuration()
      configuration.outboundCIDRs = .all
      let wanted = RulesetBuilder.build(configuration)
      try Iptables.restore(wanted)
      try Iptables.restore("*nat\n-I OUTPUT 1 -p tcp \(flags) --dport 80 -j ACCEPT\nCOMMIT\n", .ipv4)
      let text = try Iptables.save(.ipv4)
      var connection = try NFTablesConnection.open()
      let live = try connection.liveRules()[.ipv4]
      let saved = try IptablesDump.parse(text, family: .ipv4).ruleset
      for found in [live, saved] {
        let destination = Endpoint(try #require(IPAddress("192.0.2.1")), 80)
        let shadowing = wanted.filter { $0.family == .ipv4 }.flatMap {
          RulesetDiff(wanted: $0, live: found).chains
        }
        #expect(shadowing.flatMap(\.differences).count == count)
        let traced = Tracer(found).verdict(of: Flow(.outbound, to: destination))
        #expect((traced == .accept) == (count == 1))
      }
    }
  }
}

extension StringProtocol {
  /// Without blanks at the end.
  fileprivate var trimmed: String { String(reversed().drop { $0 == " " }.reversed()) }
}
