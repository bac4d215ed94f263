import Intercept
import Testing

/// Spellings of equal rules.
@Suite struct SpellingTests {
  @Test(arguments: Spelling.all) func meansTheSame(_ spelling: Spelling) throws {
    let rules = try spelling.others.map { try Rule.parsed($0, spelling.family) }
    for (text, rule) in zip(spelling.others, rules) {
      #expect(rule.iptablesText == spelling.canonical, "\(text)")
    }
    #expect(Set(rules).count == 1)
    #expect(try Rule.parsed(spelling.canonical, spelling.family) == rules[0])
  }
}

struct Spelling: Sendable, CustomTestStringConvertible {
  let canonical: String
  var family = IPFamily.ipv4
  let others: [String]

  var testDescription: String { canonical }

  static let all = headers + ports + extensions + targets

  static let headers = [
    Spelling(
      canonical: "-j ACCEPT",
      others: ["-j ACCEPT", "--jump ACCEPT", "--jump=ACCEPT", "-jACCEPT", "--ju ACCEPT"]),
    Spelling(
      canonical: "-d 10.1.2.3/32 -p tcp -j RETURN",
      others: [
        "-p tcp -d 10.1.2.3 -j RETURN", "-p 6 -d 10.1.2.3/32 -j RETURN", "-ptcp -d10.1.2.3 -jRETURN",
        "--protocol tcp --destination 10.1.2.3/255.255.255.255 --jump RETURN",
        "--proto TCP --dst 10.1.2.3 -j RETURN",
        "-j RETURN --prot 0x6 --des=10.1.2.3", "-4 -d 10.1.2.3 -p tcp -j RETURN",
        "-nv -d 10.1.2.3 -p tcp -j RETURN",
        "-d 10.1.2.3\t-p  tcp   -j RETURN", "-p \"tcp\" -d \"10.1.2.3\" -j \"RETURN\"",
        "\"-p\" tcp \"--dst\" 10.1.2.3 \"-j\" \"RETURN\"",
      ]),
    Spelling(
      canonical: "! -s 10.0.0.0/8 -j RETURN",
      others: [
        "! -s 10.0.0.0/8 -j RETURN", "-s ! 10.1.2.3/8 -j RETURN", "\"!\" \"-s10.1.2.3/8\" -j RETURN",
        "! --source 10/255.0.0.0 -j RETURN",
      ]),
    Spelling(
      canonical: "-s 10.1.0.0/16 -j DROP", others: ["-s 10.1/16 -j DROP", "--src 10.1.9.9/16 -j DROP"]),
    Spelling(
      canonical: "-p tcp", others: ["-i + -o + -p tcp", "-s 0.0.0.0/0 -d any/0 -p tcp", "-p tcp -j CONTINUE"]),
    Spelling(canonical: "-j DROP", others: ["-p all -j DROP", "-p 0 -j DROP", "-p ip -j DROP"]),
    Spelling(
      canonical: "! -o eth+ -p udp",
      others: ["! -o eth+ -p 17", "-o ! eth+ -p udp", "! --out-interface=eth+ -p udp"]),
    Spelling(canonical: "-p 47 -g GRE", others: ["-p gre -g GRE", "--goto GRE -p 47"]),
    Spelling(
      canonical: "-p tcp -f -j DROP",
      others: ["-f -p tcp -j DROP", "--fragments -p tcp -j DROP", "-fp tcp -j DROP"]),
    Spelling(
      canonical: "-d ::1/128 -j RETURN", family: .ipv6,
      others: [
        "-d ::1 -j RETURN", "-d 0:0::0:1/128 -j RETURN",
        "-d ::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff -j RETURN",
      ]),
    Spelling(
      canonical: "-p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT", family: .ipv6,
      others: ["-p icmpv6 --icmpv6-type 135 -j ACCEPT", "-p 58 -m icmp6 --icmpv6-type 135 -j ACCEPT"]),
  ]

  static let ports = [
    Spelling(
      canonical: "-p tcp -m tcp --dport 80 -j RETURN",
      others: [
        "-p tcp --dport 80 -j RETURN", "-p tcp -m tcp --dport 80 -j RETURN", "-p tcp --dport http -j RETURN",
        "-p tcp --destination-port 80 -j RETURN", "-p tcp --dp 0x50 -j RETURN", "-j RETURN -p tcp --dport=80",
        "-p tcp --dport 80:80 -j RETURN", "-m tcp --dport 80 -p tcp -j RETURN",
        "-p TCP --destination-p 80 -j RETURN",
      ]),
    Spelling(
      canonical: "-p tcp -m tcp ! --dport 15008 -j RETURN",
      others: ["-p tcp ! --dport 15008 -j RETURN", "-p tcp --dport ! 15008 -j RETURN"]),
    Spelling(
      canonical: "-p udp -m udp --sport 1024:65535",
      others: ["-p udp --sport 1024:", "-p 17 --source-port 1024:65535"]),
    Spelling(canonical: "-p udp -m udp --sport 0:4", others: ["-p udp --sport :4"]),
    Spelling(
      canonical: "-p tcp -m tcp",
      others: ["-p tcp -m tcp", "-p tcp --sport :", "-p tcp --dport 0:65535 --tcp-flags NONE NONE"]),
    Spelling(
      canonical: "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN",
      others: [
        "-p tcp --syn", "-p tcp --tcp-flags ack,syn,rst,fin syn", "-p tcp --tcp-f SYN,RST,ACK,FIN SYN",
      ]),
    Spelling(canonical: "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN", others: ["-p tcp ! --syn"]),
    Spelling(
      canonical: "-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE",
      others: ["-p tcp --tcp-flags ALL NONE"]),
    Spelling(
      canonical: "-p udp -m multiport --dports 53,8000:8100",
      others: [
        "-p udp -m multiport --dports domain,8000:8100",
        "-p udp -m multiport --destination-ports 53,8000:8100",
      ]),
  ]

  static let extensions = [
    Spelling(
      canonical: "-m owner --uid-owner 0",
      others: ["-m owner --uid-owner root", "-m owner --uid 0-0", "--match owner --uid-owner 0:0"]),
    Spelling(
      canonical: "-m owner ! --gid-owner 1337",
      others: ["-m owner ! --gid-owner 1337", "-m owner --gid-owner ! 1337"]),
    Spelling(
      canonical: "-p tcp -m owner --uid-owner 5 -m tcp --dport 80",
      others: ["-p tcp -m owner --uid-owner 5 --dport 80"]),
    Spelling(
      canonical: "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      others: [
        "-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT", "-m conntrack --ctstate est,rel -j ACCEPT",
      ]),
    Spelling(canonical: "-m conntrack ! --ctproto 6", others: ["-m conntrack ! --ctproto tcp"]),
    Spelling(
      canonical: "-m conntrack --ctorigsrc 10.0.0.0/8",
      others: ["-m conntrack --ctorigsrc 10.9.9.9/255.0.0.0"]),
    Spelling(
      canonical: "-m conntrack --ctorigdst 10.0.0.1", others: ["-m conntrack --ctorigdst 10.0.0.1/32"]),
    Spelling(
      canonical: "-m mark --mark 0x539",
      others: ["-m mark --mark 1337", "-m mark --mark 0x539/0xffffffff", "-m mark --mark 02471"]),
    Spelling(
      canonical: "-m mark ! --mark 0x1/0x1", others: ["-m mark ! --mark 1/1", "-m mark --mark ! 1/1"]),
    Spelling(
      canonical: #"-m comment --comment "a \"b\" c" -j ACCEPT"#,
      others: [
        #"-m comment --comment "a \"b\" c" -j ACCEPT"#, #"--match comment --com "a \"b\" c" -j ACCEPT"#,
      ]),
    Spelling(
      canonical: "-m comment --comment foo",
      others: [#"-m comment --comment "foo""#, "-m comment --comment=foo"]),
    Spelling(
      canonical: "-m addrtype --dst-type LOCAL",
      others: ["-m addrtype --dst-type local", "-m addrtype --dst-t LOCAL"]),
  ]

  static let targets = [
    Spelling(
      canonical: "-p tcp -j REDIRECT --to-ports 15001",
      others: [
        "-p tcp -j REDIRECT --to-ports 15001", "-p tcp -j REDIRECT --to-port 15001",
        "-p tcp -j REDIRECT --to-p 15001",
        "-j REDIRECT --to-ports=15001 -p tcp", "-p tcp -j REDIRECT --to-ports 15001-15001",
      ]),
    Spelling(
      canonical: "-j MARK --set-xmark 0x539/0xffffffff",
      others: ["-j MARK --set-mark 1337", "-j MARK --set-xmark 0x539", "-j MARK --set-mark 0x539/0xffffffff"]),
    Spelling(canonical: "-j MARK --set-xmark 0x0/0xfffffff0", others: ["-j MARK --and-mark 0xf"]),
    Spelling(
      canonical: "-j MARK --set-xmark 0xf/0xf",
      others: ["-j MARK --or-mark 0xf", "-j MARK --set-mark 0xf/0x1"]),
    Spelling(canonical: "-j MARK --set-xmark 0xf/0x0", others: ["-j MARK --xor-mark 15"]),
    Spelling(
      canonical: "-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff",
      others: [
        "-j CONNMARK --save-mark", "-j CONNMARK --save-mark --mask 0xffffffff",
        "-j CONNMARK --ctmask 4294967295 --save",
      ]),
    Spelling(
      canonical: "-p tcp -j TPROXY --on-port 15006 --on-ip 0.0.0.0 --tproxy-mark 0x539/0xffffffff",
      others: [
        "-p tcp -j TPROXY --tproxy-mark 1337/0xffffffff --on-port 15006",
        "-p tcp -j TPROXY --on-port 15006 --tproxy-mark 0x539",
      ]),
    Spelling(canonical: "-j CT --zone 1", others: ["-j CT --zone 0x1", "-j CT --zone=1"]),
    Spelling(canonical: "-j CT", others: ["-j CT", "-j CT --zone 0", "-j CT --zone-orig 0"]),
  ]
}

extension Rule {
  /// The rule of a text without `-A CHAIN`.
  static func parsed(_ text: String, _ family: IPFamily = .ipv4) throws -> Rule {
    let dump = try IptablesDump.parse("*filter\n:X - [0:0]\n-A X \(text)\nCOMMIT\n", family: family)
    let rules = dump.ruleset.tables.flatMap(\.chains).flatMap(\.rules)
    return try #require(rules.count == 1 ? rules.first : nil)
  }
}
