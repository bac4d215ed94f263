import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Rules that iptables-nft writes on its own account: read, printed as it prints them, and written again.
@Suite(.enabled(if: canUseKernel))
struct IptablesCommandTests {
  @Test(arguments: [
    "! -i + -j RETURN", "! -o eth+ -j RETURN", "! -p tcp -j RETURN", "-p 253 -j RETURN",
    "-p icmp -j RETURN", "-p tcp -m tcp -j RETURN", "-p udp -m udp -j RETURN", "-j ACCEPT", "",
    "-p tcp -m tcp --sport 1 --dport 80 -j RETURN", "-p tcp -m tcp ! --sport 1 ! --dport 80 -j RETURN",
    "-p tcp -m tcp ! --sport 1 --dport 80 -j RETURN", "-p tcp -m tcp --sport 1:2 ! --dport 0 -j RETURN",
    "-p udp -m udp ! --sport 80:90 -j RETURN",
    "-p tcp -m tcp --dport 0:65535 -j RETURN", "! -s 10.0.0.0/9 ! -d 1.2.3.4/32 -j RETURN",
    "-m mark --mark 0x5 -j RETURN", "-m mark ! --mark 0x5/0xff -j RETURN", "-m mark --mark 0x0/0x0 -j RETURN",
    "-m connmark --mark 0x5 -j RETURN", "-m connmark ! --mark 0x5/0xf -j RETURN",
    "-m owner --uid-owner 5-7 ! --gid-owner 8 -j RETURN", "-m owner ! --socket-exists -j RETURN",
    "-m owner --socket-exists --uid-owner 4294967294 -j RETURN",
    "-p tcp -m multiport ! --dports 1,2:3 -j RETURN", "-p udp -m multiport --ports 1,65535 -j RETURN",
    "-p tcp -m multiport --sports 1,2,3,4,5,6,7,8,9,10,11,12,13,14:15 -j RETURN",
    "-m conntrack --ctstate INVALID,NEW,UNTRACKED,SNAT,DNAT -j RETURN",
    "-m conntrack ! --ctstate RELATED,ESTABLISHED -j RETURN",
    "-m comment --comment \"hello world\" -j RETURN", "-p tcp -j REDIRECT",
    "-p tcp -j REDIRECT --to-ports 100-200",
    "-g OTHER", "-j MARK --set-xmark 0x5/0xff", "-j CONNMARK --set-xmark 0x5/0xff",
    "-j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xff",
  ])
  func isReadAndWrittenAgain(_ text: String) throws {
    try Self.readAndWrite(text, table: "nat", family: .ipv4)
  }

  @Test(arguments: [
    "-p tcp -j TPROXY --on-port 15006 --on-ip 1.2.3.4 --tproxy-mark 0x539/0xffffffff",
    "-p tcp -j TPROXY --on-port 0 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0",
  ])
  func isReadAndWrittenAgainInMangle(_ text: String) throws {
    try Self.readAndWrite(text, table: "mangle", family: .ipv4)
  }

  @Test(arguments: [
    "! -d fd00::/127 -p tcp -m tcp --dport 80 -j TPROXY --on-port 15006 --on-ip fd00::1 --tproxy-mark 0x1/0x1",
    "-s fd00::/8 ! -d fd00:1::/65 -j ACCEPT",
  ])
  func isReadAndWrittenAgainInIPv6(_ text: String) throws {
    try Self.readAndWrite(text, table: "mangle", family: .ipv6)
  }

  /// iptables-nft loads the interface's name for it and does not look, and prints nothing.
  @Test func anyInterfaceIsReadAsNoCondition() throws {
    try withNamespace { () throws in
      try Iptables.restore("*nat\n-N C\n-A C -i + -j RETURN\nCOMMIT\n", .ipv4)
      var connection = try NFTablesConnection.open()
      let rules = try connection.rules(.ip).map { Rule($0, .ipv4) }
      #expect(rules == [Rule([], .return)])
    }
  }

  private static func readAndWrite(_ text: String, table: String, family: IPFamily) throws {
    try withNamespace { () throws in
      try Iptables.restore("*\(table)\n-N OTHER\n-N C\n-A C \(text)\nCOMMIT\n", family)
      var connection = try NFTablesConnection.open()
      let raw = try #require(try connection.rules(TableFamily(family), table: table, chain: "C").first)
      let saved = try Iptables.save(family).split(separator: "\n").filter { $0.hasPrefix("-A C") }
      let rule = Rule(raw, family)
      #expect(["-A C \(rule.iptablesText)".trimmed] == saved.map(\.trimmed))
      if Iptables.writesOldOrder {
        #expect(try rule.encoded(family).expressions == raw.expressions, "\(text)")
      }
    }
  }
}

extension StringProtocol {
  fileprivate var trimmed: String { String(reversed().drop { $0 == " " }.reversed()) }
}
