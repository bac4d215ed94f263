import Intercept
import Testing

/// Matches and targets that are not modelled are kept as text.
@Suite struct OpaqueTests {
  @Test(arguments: [
    "-m statistic --mode random --probability 0.50000000000 -j RETURN",
    "-d 10.0.0.1/32 -p tcp -m set ! --match-set \"a set\" src,dst -m tcp --dport 80 -j ACCEPT",
    "-p tcp -m policy --dir in --pol ipsec --proto esp -j ACCEPT",
    #"-j LOG --log-prefix "in: \"x\" " --log-level 4"#,
    "-p tcp -j DNAT --to-destination 10.0.0.1:80 --random",
    "-j MASQUERADE", "-j NOTRACK", "-j NFQUEUE --queue-num 1 --queue-bypass",
    "-m string --string \"-j DROP\" --algo bm -j REJECT --reject-with tcp-reset",
    "-p icmp -m icmp --icmp-type 8 -j ACCEPT", "-p sctp -m sctp --dport 80 --chunk-types all INIT",
    "-s 10.0.12.0/255.0.255.0 -p tcp -f -j RETURN", "! -f -j DROP",
    "-m owner --cmd-owner ping -j ACCEPT", "-j CONNMARK --set-mark 0x1 --left-shift-mark 2",
    "-m conntrack --ctorigsrc 10.0.12.0/255.0.255.0 --ctstate NEW -j DROP",
    "-m comment --comment \"\(String(repeating: "x", count: 300))\" -j RETURN",
    "-i \"a/b\" -j RETURN".replacing("\"", with: ""),
  ])
  func theTextIsKept(_ text: String) throws {
    let rule = try Rule.parsed(text)
    #expect(rule.iptablesText == text)
    #expect(try Rule.parsed(rule.iptablesText) == rule)
  }

  @Test func blanksBetweenWordsAreNotKept() throws {
    #expect(try Rule.parsed("-m  foo   --bar\t5").iptablesText == "-m foo --bar 5")
  }

  @Test func whatTheProtocolImpliesIsNamed() throws {
    let rule = try Rule.parsed("-p icmp --icmp-type echo-request -j ACCEPT")
    #expect(rule.iptablesText == "-p icmp -m icmp --icmp-type echo-request -j ACCEPT")
  }

  @Test func anUnknownTargetWithoutOptionsIsAChain() throws {
    #expect(try Rule.parsed("-j ELSEWHERE").target == ChainName("ELSEWHERE").map { .jump($0) })
    #expect(try Rule.parsed("-j LOG").target == .opaque(OpaqueTarget("LOG")))
    #expect(try Rule.parsed("-j FOO --bar").target == .opaque(OpaqueTarget("FOO --bar")))
  }
}
