import Intercept
import KernelRules
import KernelTestSupport
import NFTables
import Netfilter
import Netlink
import TestSupport
import Testing

/// Tables of the kernel against the listings of `nft`.
@Suite(.enabled(if: canUseKernel))
struct ListingWitnessTests {
  /// Loads a script and returns the tables as this program reads them, and as `nft` lists them.
  private static func tables(_ script: String) throws -> (live: NftRuleset, text: String, json: String) {
    try withNamespace {
      try run("nft", "-f", "-", input: script)
      var connection = try KernelConnection.open()
      return (
        try connection.nftRuleset(), try run("nft", "-s", "list", "ruleset"),
        try run("nft", "-j", "list", "ruleset")
      )
    }
  }

  private static func script(_ rules: [String], _ base: String = "type filter hook output priority 0")
    -> String
  {
    """
    table inet t {
    set blocked {
    type ipv4_addr
    flags interval
    elements = { 10.0.0.0/8, 192.0.2.1-192.0.2.9 }
    }
    set pairs {
    type ipv4_addr . inet_service
    elements = { 10.0.0.1 . 80, 10.0.0.2 . 443 }
    }
    set users {
    type uid
    elements = { 1000, 1337 }
    }
    map verdicts {
    type inet_service : verdict
    elements = { 80 : jump other, 443 : accept }
    }
    map hosts {
    type inet_service : ipv4_addr
    elements = { 80 : 10.9.9.9 }
    }
    chain other {
    }
    chain base {
    \(base)
    \(rules.joined(separator: "\n"))
    }
    }

    """
  }

  static let filters = [
    "tcp dport 80 accept", "tcp dport { 80, 443, 8000-8100 } accept",
    "ip daddr 10.0.0.1 drop", "ip daddr 10.0.0.0/8 drop", "ip daddr 10.0.0.0/12 drop",
    "ip saddr != 192.0.2.0/25 accept",
    "ip6 daddr fd00::/8 drop", "ip6 daddr fd00::1 drop",
    "ip daddr @blocked drop",
    "ip daddr . tcp dport @pairs drop", "ip daddr . tcp dport { 10.0.0.1 . 80, 10.0.0.2 . 443 } drop",
    "tcp dport vmap @verdicts", "tcp dport vmap { 80 : accept, 443 : drop }", "oifname \"eth0\" accept",
    "oifname \"eth*\" accept", "meta mark 0x00000539 accept",
    "meta mark & 0x000000ff == 0x00000003 accept", "meta mark != 0x00000001 accept", "meta skuid 1000 accept",
    "meta skuid != 1000 accept", "meta skuid @users accept",
    "ct state established,related accept", "ct state invalid drop", "ct state new accept",
    "ct mark 0x00000001 accept",
    "ct direction original accept", "ct status dnat accept", "meta l4proto tcp accept",
    "meta l4proto { tcp, udp } accept",
    "meta nfproto ipv6 drop", "th dport 53 accept", "fib daddr type local accept",
    "counter accept", "counter", "meta mark set 0x00000001", "ct mark set meta mark",
    "meta mark set ct mark", "jump other", "goto other", "return", "reject",
    "limit rate 5/minute burst 5 packets accept", "log prefix \"out: \" level info",
    "ct state vmap { established : accept, invalid : drop }",
    "meta l4proto tcp ct original proto-dst 80 accept", "tcp dport 80 accept comment \"web\"",
    "meta length 100-200 accept", "ip dscp cs1 accept",
    "tcp dport 33-45 accept", "tcp sport > 1023 accept", "meta skuid 3001-3005 accept",
    "ip daddr 192.168.0.1-192.168.0.250 drop", "meta l4proto 33-45 drop", "iif \"lo\" accept",
    "oif != \"lo\" accept", "iifname { \"lo\", \"dummy0\" } accept",
    "ct state . ct mark { new . 0x12345678, established . 0x12785634 } accept",
    "meta mark 0xffffff00/24 accept", "ct mark set ct mark | 0x00000001",
    "tcp flags syn / fin,syn,rst,ack accept",
    "tcp flags & syn == syn accept", "tcp flags == syn accept", "ip protocol tcp accept",
    "reject with icmp host-unreachable", "reject with icmpv6 no-route", "reject with icmpx admin-prohibited",
    "reject with tcp reset", "log group 2 snaplen 33", "log flags all", "meta priority set cafe:beef",
    "meta nfproto ipv4 counter ip saddr 1.2.3.4 drop",
  ]

  @Test func rulesAreDecodedAsNftListsThem() throws {
    let rules = Self.filters
    let (live, text, json) = try Self.tables(Self.script(rules))
    let listed = try NftRuleset(listing: text)
    let (liveRules, listedRules) = (try Self.base(live), try Self.base(listed))
    #expect(liveRules.count == rules.count && listedRules.count == rules.count)
    for (one, other) in zip(liveRules, listedRules) {
      if other.isModelled { #expect(one == other, "kernel: \(one.text), nft: \(other.text)") }
      if other.isModelled { #expect(one.text == other.text) }
    }
    #expect(try Self.base(try NftRuleset(json: json)).count == rules.count)
    #expect(live.tables.map(\.sets) == listed.tables.map(\.sets))
  }

  /// Fields that the model does not know, by nft's name or place, and their values as numbers.
  @Test(arguments: [
    ("meta pkttype broadcast drop", "meta pkttype 1 drop"), ("meta cpu 0 drop", "meta cpu 0 drop"),
    ("iifgroup 3 drop", "meta iifgroup 3 drop"), ("meta oifgroup 4 drop", "meta oifgroup 4 drop"),
    ("meta cgroup 5 drop", "meta cgroup 5 drop"), ("meta oiftype ether drop", "meta oiftype 1 drop"),
    ("ct zone 5 drop", "ct zone 5 drop"), ("ct protocol tcp drop", "ct protocol 6 drop"),
    ("meta nfproto ipv4 ip ttl < 2 drop", "meta nfproto ipv4 @nh,64,8 < 2 drop"),
    ("meta nfproto ipv4 ip length > 1000 drop", "meta nfproto ipv4 @nh,16,16 > 1000 drop"),
    ("meta nfproto ipv4 ip frag-off & 0x1fff != 0 drop", "meta nfproto ipv4 @nh,48,16 & 8191 != 0 drop"),
  ])
  func otherFieldsHaveTheirNumbers(rule: String, text: String) throws {
    let (live, _, _) = try Self.tables(Self.script([rule]))
    #expect(try Self.base(live).map(\.text) == [text])
  }

  /// Fields and statements that are followed in part or not at all.
  static let opaqueRules = [
    "limit rate over 10 mbytes/second drop", "limit rate 1025 bytes/second burst 7 bytes drop",
    "limit rate 2 kbytes/second burst 4 kbytes drop", "limit rate 1536 kbytes/minute accept",
    "limit rate 3/second accept", "limit rate over 3/second burst 9 packets accept", "quota 1500 kbytes drop",
    "quota over 1 mbytes drop", "ct count 5 drop", "ct count over 7 drop",
    "ct original ip saddr 10.0.0.1 drop",
    "ct reply ip daddr 10.0.0.0/8 drop", "ct original packets > 5 drop", "ct original bytes 0-1000 drop",
    "ct avgpkt > 100 drop", "ct original zone 3 drop", "ct helper \"ftp\" accept",
    "socket mark 0x00000005 accept", "socket transparent 1 accept", "socket wildcard 0 accept",
    "rt ip nexthop 10.0.0.1 drop", "rt classid 1 drop", "numgen inc mod 3 1 drop",
    "numgen random mod 10 offset 2 < 5 drop", "tcp option maxseg size 1000 drop",
    "tcp option maxseg size set 1360", "tcp option window count 7 drop", "tcp option timestamp tsval 1 drop",
    "ip saddr 10.0.0.9 update @s { ip saddr }", "add @s { ip saddr timeout 1m30s }",
    "update @s { ip saddr limit rate 10/second } drop", "delete @s { ip saddr }",
  ]

  @Test func opaqueRulesHaveTheTextOfNft() throws {
    let (live, text, _) = try Self.tables(
      """
      table ip t {
      set s {
      type ipv4_addr
      flags dynamic,timeout
      }
      chain base {
      type filter hook prerouting priority 0
      \(Self.opaqueRules.joined(separator: "\n"))
      }
      }

      """)
    let listed = text.split(separator: "\n").map { $0.drop { $0 == "\t" } }
    let rules = try #require(live[.ip, "t"]?[chain: "base"]).rules
    for (rule, written) in zip(rules, Self.opaqueRules) {
      #expect(rule.text == written)
      #expect(listed.contains { $0 == rule.text }, "nft lists \(text)")
    }
    #expect(rules.count == Self.opaqueRules.count)
  }

  private static func base(_ tables: NftRuleset) throws -> [NftRule] {
    try #require(tables[.inet, "t"]?[chain: "base"]).rules
  }

  @Test(arguments: [
    "tcp dport 80 dnat ip to 10.0.0.1:80", "dnat ip to 10.0.0.1", "meta l4proto tcp dnat ip6 to [fd00::1]:80",
    "tcp dport 80 redirect to :9999",
    "redirect", "meta l4proto tcp redirect to :9000-9010", "dnat ip to tcp dport map @hosts",
    "tcp dport 80 redirect to :9999 random",
  ])
  func translationsAreDecodedAsNftListsThem(rule: String) throws {
    let (live, text, _) = try Self.tables(Self.script([rule], "type nat hook output priority -101"))
    let (one, other) = (try Self.base(live).first, try Self.base(try NftRuleset(listing: text)).first)
    #expect(one == other && one?.text == other?.text, "kernel: \(one?.text ?? ""), nft: \(other?.text ?? "")")
  }

  @Test func flagsAndBasesAreRead() throws {
    let script = """
      table ip a {
      flags dormant
      chain c {
      type nat hook postrouting priority srcnat - 1
      ip saddr 10.0.0.0/8 masquerade
      ip daddr 10.0.0.0/8 snat to 192.0.2.9
      }
      }
      table ip6 b {
      chain c {
      type route hook output priority mangle
      policy drop
      }
      }

      """
    let (live, text, _) = try Self.tables(script)
    let listed = try NftRuleset(listing: text)
    #expect(live == listed, "\(text)")
    #expect(live.tables.first?.isDormant == true)
  }
}

extension NftRule {
  /// True if no part is opaque.
  fileprivate var isModelled: Bool {
    parts.allSatisfy { if case .statement(.opaque) = $0 { false } else { true } }
  }
}
