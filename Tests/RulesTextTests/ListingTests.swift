import Intercept
import TestSupport
import Testing

/// Listings, which show less than the rules: one table at a time, and without `-v` no interfaces.
@Suite struct ListingTests {
  private static let listing = """
    Chain OUTPUT (policy ACCEPT)
    target     prot opt source               destination
    RETURN     all  --  anywhere             anywhere
    ISTIO_OUTPUT  all  --  anywhere             anywhere

    Chain ISTIO_OUTPUT (1 references)
    target     prot opt source               destination
    RETURN     all  --  anywhere             !localhost           owner UID match 1337
    """

  @Test func otherTablesThanTheListedOnesAreUnknown() throws {
    let read = try RulesText.read("-P OUTPUT ACCEPT\n-A OUTPUT -p tcp -j REDIRECT --to-ports 1\n")
    #expect(read.report.coverage.tables == [.nat])
    #expect(try RulesText.read(Samples.save).report.coverage.tables == nil)
    let commands = try RulesText.read("iptables -t nat -A OUTPUT -j ACCEPT\n")
    #expect(commands.report.coverage.tables == nil)
  }

  @Test func hiddenInterfacesAreNoDifferenceAndShadowNothing() throws {
    let live = try RulesText.read(Self.listing).rulesets[0]
    let wanted = try RulesText.read(
      """
      *nat
      :ISTIO_OUTPUT - [0:0]
      -A OUTPUT -j ISTIO_OUTPUT
      -A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -m owner --uid-owner 1337 -j RETURN
      COMMIT
      """
    ).rulesets[0]
    #expect(RulesetDiff(wanted: wanted, live: live).isEmpty)
    let other = try RulesText.read(Self.listing.replacing("1337", with: "1338")).rulesets[0]
    #expect(RulesetDiff(wanted: wanted, live: other).differences.count == 1)
  }

  @Test func aGuessInventsNoInterfaces() throws {
    let guess = try #require(Guess(try RulesText.read(Self.listing).rulesets))
    #expect(guess.configuration.excludedInterfaces.isEmpty && guess.configuration.virtualInterfaces.isEmpty)
  }

  @Test func aTraceThroughHiddenInterfacesIsUnknown() throws {
    let text = """
      Chain OUTPUT (policy ACCEPT)
      target prot opt source destination
      REDIRECT tcp -- anywhere anywhere redir ports 15001
      """
    let rules = try RulesText.read(text, RulesText.Options(table: .nat)).rulesets[0]
    let to = try #require(IPv4Address("10.0.0.1"))
    let flow = Flow(.outbound, .tcp, to: Endpoint(.ipv4(to), 80))
    #expect(Tracer(rules).trace(flow).verdict == .unknown)
  }

  /// ip6tables up to 1.8.8 leaves the column of options blank.
  @Test func aBlankColumnOfOptionsIsRead() throws {
    let text = """
      Chain OUTPUT (policy ACCEPT 0 packets, 0 bytes)
       pkts bytes target     prot opt in     out     source               destination
          0     0 ISTIO_OUTPUT  tcp      *      lo      ::/0                !::1/128              tcp dpt:!15008
          0     0            all      *      *       ::6/128              ::/0
      """
    let read = try RulesText.read(text)
    #expect(read.rulesets.map(\.family) == [.ipv6])
    let rules = read.rulesets[0].tables.flatMap(\.chains).flatMap(\.rules).map(\.iptablesText)
    #expect(rules == ["! -d ::1/128 -o lo -p tcp -m tcp ! --dport 15008 -j ISTIO_OUTPUT", "-s ::6/128"])
  }

  @Test(arguments: [
    (
      "tcp spts:1:2 dpt:http flags:0x17/0x02",
      "-p tcp -m tcp --sport 1:2 --dport 80 --tcp-flags FIN,SYN,RST,ACK SYN"
    ),
    ("multiport sports  ! 1,2", "-p tcp -m multiport ! --sports 1,2"),
    ("! ctstate RELATED,ESTABLISHED", "-p tcp -m conntrack ! --ctstate RELATED,ESTABLISHED"),
    ("ADDRTYPE match dst-type !LOCAL", "-p tcp -m addrtype ! --dst-type LOCAL"),
    (
      "/* a comment */ owner socket exists",
      "-p tcp -m comment --comment \"a comment\" -m owner --socket-exists"
    ),
    ("limit: avg 5/min burst 3", "-p tcp -m limit --limit 5/min --limit-burst 3"),
  ])
  func matchesAreReadBack(words: String, rule: String) throws {
    let text =
      "Chain OUTPUT (policy ACCEPT)\ntarget prot opt source destination\nACCEPT tcp -- anywhere anywhere \(words)\n"
    let rules = try RulesText.read(text).rulesets[0].tables.flatMap(\.chains).flatMap(\.rules)
    let wanted = try RulesText.read("*filter\n-A OUTPUT \(rule) -j ACCEPT\nCOMMIT\n").rulesets[0]
    let table = try #require(wanted[.filter])
    #expect(
      rules.map { $0.matches.filter { $0 != .opaque(.unlistedInterfaces) } }
        == table.chains.flatMap(\.rules).map(\.matches))
  }
}
