import Intercept
import Testing

/// Rules of iptables-nft in the words in which `nft` prints them.
@Suite struct NftMatchTests {
  private static let matches = [
    ("-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", "tcp flags syn / fin,syn,rst,ack"),
    ("-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", "tcp flags & (fin | syn | rst | ack) == syn"),
    ("-p tcp -m tcp ! --tcp-flags SYN,ACK SYN", "tcp flags != syn / syn,ack"),
    ("-m conntrack --ctexpire 3", "ct expiration 3"),
    ("-m conntrack --ctexpire 60:3600", "ct expiration 60-3600"),
    ("-m conntrack --ctdir REPLY", "ct direction reply"),
    ("-m conntrack --ctstatus ASSURED", "ct status assured"),
    ("-m conntrack --ctstate DNAT", "ct status dnat"),
    ("-m conntrack --ctproto 6", "ct original protocol 6"),
    ("-m conntrack --ctorigsrc 10.0.0.0/8", "ct original saddr 10.0.0.0/8"),
    ("-m conntrack ! --ctorigdst 10.0.0.1", "ct original daddr != 10.0.0.1"),
    ("-m conntrack --ctreplsrc 10.0.0.1", "ct reply saddr 10.0.0.1"),
    ("-m conntrack --ctrepldst 10.0.0.1", "ct reply daddr 10.0.0.1"),
    ("-m conntrack --ctorigsrcport 3:4", "ct original proto-src 3-4"),
    ("-m conntrack --ctorigdstport 4", "ct original proto-dst 4"),
    ("-m conntrack --ctreplsrcport 4", "ct reply proto-src 4"),
    ("-m conntrack --ctrepldstport 4:65535", "ct reply proto-dst 4-65535"),
    ("-m addrtype --dst-type LOCAL", "fib daddr type local"),
    ("-m addrtype ! --src-type LOCAL", "fib saddr type != local"),
    ("-m addrtype --src-type LOCAL,BROADCAST", "fib saddr type { local, broadcast }"),
    ("-m addrtype --src-type LOCAL --limit-iface-in", "fib saddr . iif type local"),
    ("-m addrtype --dst-type LOCAL --limit-iface-out", "fib daddr . oif type local"),
    ("-s 10.0.12.0/255.0.255.0", "ip saddr & 255.0.255.0 == 10.0.12.0"),
    ("! -d 10.0.12.0/255.0.255.0", "ip daddr & 255.0.255.0 != 10.0.12.0"),
  ]

  private static let targets = [
    (
      "-p tcp -j REDIRECT --to-ports 42-1234 --random", "meta l4proto tcp counter redirect to :42-1234 random"
    ),
    ("-j REDIRECT --random", "counter redirect random"),
    ("-j REDIRECT --random-fully", "counter redirect fully-random"),
    ("-j MARK --set-xmark 0xfe/0xfe", "counter meta mark set mark or 0xfe"),
    ("-j MARK --set-xmark 0x0/0xffffff00", "counter meta mark set mark and 0xff"),
    ("-j CONNMARK --set-xmark 0x1/0x1", "counter ct mark set ct mark or 0x1"),
  ]

  private func rule(nft text: String) throws -> Rule {
    let listing = "table ip nat {\n\tchain R {\n\t\t\(text)\n\t}\n}\n"
    return try #require(try NftRuleset(text: listing).rules(.ipv4).tables.first?.chains.first?.rules.first)
  }

  private func rule(_ text: String) throws -> Rule {
    let read = try RulesText.read("*nat\n:R - [0:0]\n-A R \(text)\nCOMMIT\n")
    return try #require(
      read.rulesets.first?.tables.first?.chains.first { $0.name.description == "R" }?.rules.first)
  }

  @Test(arguments: matches)
  func matchesAreThoseOfIptables(_ iptables: String, _ nft: String) throws {
    let (wanted, read) = try (rule("\(iptables) -j RETURN"), rule(nft: "\(nft) counter return"))
    #expect(Set(read.matches) == Set(wanted.matches) && read.target == wanted.target)
  }

  @Test(arguments: targets)
  func targetsAreThoseOfIptables(_ iptables: String, _ nft: String) throws {
    let (wanted, read) = try (rule(iptables), rule(nft: nft))
    #expect(Set(read.matches) == Set(wanted.matches) && read.target == wanted.target)
  }

  /// Fields without a counterpart in iptables stay text.
  @Test(arguments: ["ct expiration 3s", "fib daddr oif \"lo\"", "ct status snat,assured"])
  func otherFieldsStayText(_ nft: String) throws {
    let read = try rule(nft: "\(nft) counter return")
    #expect(read.matches.contains { if case .opaque = $0 { true } else { false } }, "\(read)")
  }
}
