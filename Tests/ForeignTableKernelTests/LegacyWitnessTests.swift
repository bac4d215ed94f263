import Intercept
import KernelRules
import KernelTestSupport
import RuleEncoding
import TestSupport
import Testing

/// Rules of iptables-legacy, read from the kernel, against the output of its own programs.
@Suite(.enabled(if: hasLegacyTables, "the kernel has no tables of iptables-legacy"))
struct LegacyWitnessTests {
  /// Restores rules, and compares them as this program reads them with those that iptables-legacy-save prints.
  private static func compare(_ text: String, _ family: IPFamily) throws {
    let prefix = family == .ipv4 ? "iptables" : "ip6tables"
    try run("\(prefix)-legacy-restore", input: text)
    let printed = try run("\(prefix)-legacy-save")
    let expected = try IptablesDump.parse(printed, family: family).ruleset
    let live = try #require(try LegacyRules().live().first { $0.family == family })
    #expect(live == expected, "\(live.saveText())\n\(printed)")
    #expect(live.saveText() == expected.saveText())
  }

  @Test(arguments: IPFamily.allCases, [false, true])
  func istiosRulesReadAsItsProgramPrintsThem(_ family: IPFamily, isTProxy: Bool) throws {
    var configuration = Configuration()
    configuration.outboundCIDRs = .all
    configuration.includesIPv6 = true
    configuration.dropsInvalid = true
    configuration.inboundPorts = .all(except: [PortRange(15090), PortRange(15021)])
    configuration.dns = .all
    if isTProxy { configuration.interception = .tproxy(mark: .defaultTProxy, table: 133) }
    try withNamespace {
      for rules in RulesetBuilder.build(configuration) where rules.family == family {
        try Self.compare(rules.restoreText(), family)
      }
    }
  }

  @Test func matchesAndTargetsReadAsItsProgramPrintsThem() throws {
    try withNamespace {
      try Self.compare(
        """
        *filter
        :INPUT DROP [0:0]
        :EMPTY - [0:0]
        :SUB - [0:0]
        -A FORWARD -s 10.0.0.0/8 ! -d 10.1.2.3/32 -i eth+ ! -o lo -p tcp -m tcp --sport 1:1023 ! --dport 80 -j SUB
        -A INPUT -i eth0 -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -g SUB
        -A INPUT -p udp -m multiport --ports 53,1000:2000
        -A INPUT -p udp -m udp ! --sport 53 -m mark ! --mark 0x1/0xff -m comment --comment "two words" -j ACCEPT
        -A SUB -m conntrack --ctstate NEW,RELATED -m addrtype ! --dst-type LOCAL -j DROP
        -A OUTPUT -m owner --uid-owner 1-5 ! --gid-owner 7 -j RETURN
        -A SUB -m connmark --mark 0x5 -j EMPTY
        COMMIT
        *nat
        -A PREROUTING -i docker0 -p tcp -j REDIRECT --to-ports 15001
        -A OUTPUT -d 10.5.0.0/24 -j NETMAP --to 10.1.0.0/24
        -A OUTPUT -p tcp -j DNAT --to-destination 10.1.0.1:81
        -A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.9
        -A POSTROUTING -j MASQUERADE
        COMMIT
        *mangle
        -A PREROUTING -p tcp -j MARK --set-xmark 0x1/0xff
        -A OUTPUT -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff
        COMMIT
        *raw
        -A OUTPUT -p udp -j CT --zone 3
        -A PREROUTING -j CT --notrack
        COMMIT

        """, .ipv4)
      try Self.compare(
        """
        *filter
        :FORWARD DROP [0:0]
        -A OUTPUT -s fd00::/8 ! -d ::1/128 -p tcp -m tcp --dport 443 -j ACCEPT
        COMMIT
        *nat
        -A OUTPUT -p tcp -j DNAT --to-destination [fd00:1::1]:81
        -A PREROUTING -d fd00:5::/64 -j NETMAP --to fd00:1::/64
        COMMIT

        """, .ipv6)
    }
  }

  @Test(arguments: IPFamily.allCases)
  func bytesThatAreNoEntriesAreNoTrouble(_ family: IPFamily) throws {
    var random = SeededGenerator(seed: 7)
    for size in 0..<600 {
      let noise = (0..<size).map { _ in UInt8.random(in: 0...3, using: &random) }
      let reading = LegacyTableReading(noise, family, hooks: [.output: (first: 0, policy: size / 2)])
      #expect(reading.table(.nat).ruleCount <= size)
    }
  }
}
