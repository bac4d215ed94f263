import Intercept
import Testing

/// Rules that are claimed, and rules that are not.
struct OwnershipTests {
  /// The unclaimed rules of a rule set.
  private func foreign(in live: Ruleset) -> [String] {
    let ownership = Ownership(of: live)
    return live.places.filter {
      ownership.claim(on: live[$0], at: $0.index, in: $0.chain, of: $0.table) == nil
    }.map {
      place in
      "\(place.table) \(place.chain) \(live[place].iptablesText)"
    }
  }

  @Test(arguments: IstioRelease.all)
  func `every rule of every release is recognised, whatever the options`(release: IstioRelease) {
    for sample in Sample.allCases {
      for family in [false, true] {
        var configuration = sample.configuration
        configuration.release = release
        configuration.includesIPv6 = family
        configuration.dns = .servers(["10.0.0.1", "::1"].compactMap { IPAddress($0) })
        configuration.ownerGroups = .only(["7", "8"].compactMap(GroupID.init))
        for live in RulesetBuilder.build(configuration) { #expect(foreign(in: live) == []) }
        configuration.dns = .all
        configuration.ownerGroups = .all(except: ["7", "8"].compactMap(GroupID.init))
        for live in RulesetBuilder.build(configuration) { #expect(foreign(in: live) == []) }
      }
    }
  }

  @Test func `a redirect of DNS to the agent is evidence for DNS rules`() {
    let leftovers = [
      "-A OUTPUT -p udp -m udp --dport 53 -m owner --uid-owner 1337 -j RETURN",
      "-A OUTPUT -p udp -m udp --dport 53 -m owner --gid-owner 1337 -j RETURN",
      "-A OUTPUT -d 127.0.0.53/32 -p udp -m udp --dport 53 -j REDIRECT --to-ports 15053",
    ]
    let foreign = "-A PREROUTING -i eth5 -j RETURN"
    let live = TerseRules.ruleset("*nat\n" + (leftovers + [foreign]).joined(separator: "\n"))
    #expect(self.foreign(in: live) == ["nat PREROUTING -i eth5 -j RETURN"])
  }

  /// A rule without evidence, and whether the installation of current rules would make it look like one of Istio's.
  @Test(arguments: [
    ("*nat\n-A PREROUTING -i eth5 -j RETURN", true),
    ("*nat\n-A PREROUTING -i eth5 -m comment --comment mine -j RETURN", false),
    ("*mangle\n-A PREROUTING -m conntrack --ctstate INVALID -j DROP", false),
    ("*nat\n-A OUTPUT -p udp -m udp --dport 53 -m owner --uid-owner 1337 -j RETURN", false),
    ("*raw\n-A OUTPUT -p udp -m udp --dport 53 -m owner --uid-owner 1337 -j CT --zone 1", false),
  ])
  func `claims before and after an installation agree, or the rule is contested`(
    _ rules: String, _ isContested: Bool
  ) {
    let live = TerseRules.ruleset(rules)
    let wanted = RulesetBuilder.build(Sample.sidecar.configuration)[0]
    let contested = Ownership(of: live, wanted: wanted).contested(in: live, beside: wanted)
    #expect(contested.count == (isContested ? 1 : 0))
    #expect(live.owned().isEmpty)
    let both = Ruleset(.ipv4, tables: live.tables.filter { $0.name != .nat } + wanted.tables)
    if live[.nat] == nil { #expect(both.owned() == wanted) }
  }

  /// Rules of the same form as Istio's, with and without `ISTIO_` chains.
  @Test(arguments: [
    ("*nat", "-A PREROUTING -i eth5 -j RETURN", Claim.interface),
    ("*nat", "-A PREROUTING -d 10.0.0.0/8 -i eth5 -j RETURN", .interface),
    ("*mangle", "-A OUTPUT -o eth5 -j RETURN", .interface),
    ("*nat", "-A OUTPUT -p udp -m udp --dport 53 -m owner --uid-owner 1337 -j RETURN", .dns),
    ("*raw", "-A PREROUTING -s 10.0.0.1/32 -p udp -m udp --sport 53 -j CT --zone 1", .dns),
    ("*raw", "-A OUTPUT -p udp -m udp --sport 15053 -m owner --gid-owner 1 -j CT --zone 2", .dns),
    ("*mangle", "-A PREROUTING -m conntrack --ctstate INVALID -j DROP", .dropInvalid),
    ("*mangle", "-A PREROUTING -p tcp -m mark --mark 0x539 -j CONNMARK --save-mark", .tproxy),
    ("*mangle", "-A OUTPUT -p tcp -m connmark --mark 0x539 -j CONNMARK --restore-mark", .tproxy),
    ("*mangle", "-A OUTPUT -o lo -p tcp -m mark --mark 0x539 -j RETURN", .tproxy),
    (
      "*mangle",
      "-A OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp -m owner --uid-owner 1337 -j MARK --set-xmark 0x53a/0xffffffff",
      .tproxy
    ),
  ])
  func `a look-alike needs evidence`(table: String, rule: String, claim: Claim) throws {
    let bare = TerseRules.ruleset("\(table)\n\(rule)")
    let place = try #require(bare.places.first)
    let evident = TerseRules.ruleset("\(table)\n:ISTIO_X -\n\(rule)")
    #expect(
      Ownership(of: bare).claim(on: bare[place], at: place.index, in: place.chain, of: place.table) == nil)
    #expect(
      Ownership(of: evident).claim(on: bare[place], at: place.index, in: place.chain, of: place.table)
        == claim)
    #expect(
      Ownership(of: bare, wanted: bare).claim(
        on: bare[place], at: place.index, in: place.chain, of: place.table) == .wanted)
  }

  @Test func `evidence for interfaces and TPROXY must be in the same table, for the others in any`() {
    let live = TerseRules.ruleset(
      """
      *raw
      -A PREROUTING -p udp -m udp --sport 53 -j CT --zone 1
      *mangle
      -A PREROUTING -i eth5 -j RETURN
      -A PREROUTING -m conntrack --ctstate INVALID -j DROP
      -A PREROUTING -p tcp -m mark --mark 0x1 -j CONNMARK --save-mark
      *nat
      :ISTIO_OUTPUT -
      """)
    #expect(
      foreign(in: live) == [
        "mangle PREROUTING -i eth5 -j RETURN",
        "mangle PREROUTING -p tcp -m mark --mark 0x1 -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff",
      ])
  }

  @Test(arguments: [
    "-A PREROUTING -i eth5 -j ACCEPT", "-A PREROUTING -i eth5 -p tcp -j RETURN",
    "-A PREROUTING ! -i eth5 -j RETURN",
    "-A OUTPUT -d 10.0.0.0/8 -o eth5 -j RETURN", "-A POSTROUTING -o eth5 -j RETURN",
    "-A OUTPUT -p udp -m udp --dport 53 -j RETURN",
    "-A OUTPUT -p udp -m udp --dport 53 -j REDIRECT --to-ports 5353",
    "-A OUTPUT -p udp -m udp --dport 5353 -m owner --uid-owner 1 -j RETURN", "-A DOCKER -i docker0 -j RETURN",
    "-A PREROUTING -j KUBE-SERVICES", "-A OUTPUT -j RETURN",
  ])
  func `a rule that resembles one of Istio is foreign`(rule: String) {
    #expect(foreign(in: TerseRules.ruleset("*nat\n:ISTIO_OUTPUT -\n\(rule)")).count == 1)
  }

  @Test func `jumps to Istio's chains are owned in every chain`() {
    let live = TerseRules.ruleset(
      "*nat\n-A DOCKER -s 10.0.0.1/32 -j ISTIO_REDIRECT\n-A POSTROUTING -g ISTIO_X")
    #expect(foreign(in: live).isEmpty)
    let chain = live[.nat]?.chains.first { $0.name.text == "DOCKER" }
    #expect(chain.map { Ownership(of: live).claimed(in: $0, of: .nat) } == [0])
  }

  @Test func `jumps to Istio's chains that Istio does not write are named`() {
    let live = TerseRules.ruleset(
      """
      *nat
      -A PREROUTING -i tap0 -d 10.0.0.0/8 -j ISTIO_REDIRECT
      -A PREROUTING -p tcp -j ISTIO_INBOUND
      -A OUTPUT -d 10.0.0.1/32 -p tcp -j ISTIO_REDIRECT
      -A DOCKER -p tcp -j ISTIO_INBOUND
      -A OUTPUT -m comment --comment mine -j ISTIO_OUTPUT
      """)
    #expect(
      live.foreignJumps == [
        "IPv4: -d 10.0.0.1/32 -p tcp -j ISTIO_REDIRECT of OUTPUT (nat)",
        "IPv4: -m comment --comment mine -j ISTIO_OUTPUT of OUTPUT (nat)",
        "IPv4: -p tcp -j ISTIO_INBOUND of DOCKER (nat)",
      ])
    for release in IstioRelease.all {
      for sample in Sample.allCases {
        var configuration = sample.configuration
        configuration.release = release
        #expect(RulesetBuilder.build(configuration).allSatisfy { $0.foreignJumps.isEmpty })
      }
    }
  }

  private func guardRails(_ protocols: [String]) -> [String] {
    ["INPUT", "FORWARD", "OUTPUT"].flatMap { hook in protocols.map { "-A \(hook) -p \($0) -j DROP" } }
  }

  private func foreignCount(_ rules: [String]) -> Int {
    foreign(in: TerseRules.ruleset("*filter\n" + rules.joined(separator: "\n"))).count
  }

  @Test func `guard rails count all together, at the front and in their order`() {
    let rails = guardRails(["udp", "tcp"])
    #expect(foreignCount(rails) == 0)
    #expect(foreignCount(Array(rails[1...])) == 5)
    #expect(foreignCount(guardRails(["tcp", "udp"])) == 6)
    #expect(foreignCount(["-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT"] + rails) == 7)
  }

  @Test func `guard rails that stand there twice all count, as far as they are complete`() {
    let rails = guardRails(["udp", "tcp"])
    #expect(foreignCount(rails + rails) == 0)
    #expect(foreignCount(rails + rails.prefix(4)) == 4)
    #expect(foreignCount(rails + rails + ["-A INPUT -p udp -j DROP"]) == 1)
  }

  @Test func `guard rails have no comments`() {
    let rules = guardRails(["udp", "tcp"]).map { "\($0) -m comment --comment mine" }
    #expect(foreignCount(rules) == 6)
    #expect(!Ownership(of: TerseRules.ruleset("*filter\n" + rules.joined(separator: "\n"))).hasGuardRails)
  }

  @Test func `a firewall's own last rules are no guard rails`() {
    let firewall = ["-A INPUT -p tcp -j DROP", "-A INPUT -p udp -j DROP"]
    #expect(foreignCount(guardRails(["udp", "tcp"]) + firewall) == firewall.count)
  }

  @Test func `a rule with a comment is foreign`() {
    let rule = "-A PREROUTING -i eth5 -m comment --comment mine -j RETURN"
    #expect(foreign(in: TerseRules.ruleset("*nat\n:ISTIO_OUTPUT -\n\(rule)")).count == 1)
  }
}
